// Sends a letter with go-mail (github.com/wneessen/go-mail): go run ./go-mail LETTERS.json NAME PORT
package main

import (
	"bytes"
	"strconv"

	"github.com/wneessen/go-mail"

	"letters/letter"
)

func main() {
	l, port := letter.FromArguments()
	m := mail.NewMsg()
	letter.Check(m.FromFormat(l.From.Name, l.From.Address))
	for _, p := range l.To {
		letter.Check(m.AddToFormat(p.Name, p.Address))
	}
	for _, p := range l.Cc {
		letter.Check(m.AddCcFormat(p.Name, p.Address))
	}
	for _, p := range l.ReplyTo { // go-mail keeps one
		letter.Check(m.ReplyToFormat(p.Name, p.Address))
	}
	m.Subject(l.Subject)
	m.SetDate()
	m.SetMessageID()
	if l.Text != "" {
		m.SetBodyString(mail.TypeTextPlain, l.Text)
	}
	if l.Html != "" {
		m.AddAlternativeString(mail.TypeTextHTML, l.Html)
	}
	if l.Calendar != "" {
		m.AddAlternativeString("text/calendar; method=REQUEST", l.Calendar)
	}
	if l.Inline != nil {
		letter.Check(m.EmbedReader(l.Inline.Name, bytes.NewReader(l.Inline.Octets()), mail.WithFileContentID(l.Inline.Cid)))
	}
	for _, f := range l.Attachments {
		letter.Check(m.AttachReader(f.Name, bytes.NewReader(f.Octets()), mail.WithFileContentType(mail.ContentType(f.Type))))
	}
	number, err := strconv.Atoi(port)
	letter.Check(err)
	client, err := mail.NewClient("127.0.0.1", mail.WithPort(number), mail.WithTLSPolicy(mail.NoTLS), mail.WithHELO("app.shop.example"))
	letter.Check(err)
	letter.Check(client.DialAndSend(m))
}
