// Sends a letter with gomail (gopkg.in/gomail.v2): go run ./gomail LETTERS.json NAME PORT
package main

import (
	"io"
	"strconv"

	"gopkg.in/gomail.v2"

	"letters/letter"
)

func list(m *gomail.Message, people []letter.Person) []string {
	var written []string
	for _, p := range people {
		written = append(written, m.FormatAddress(p.Address, p.Name))
	}
	return written
}

func content(f letter.File) gomail.FileSetting {
	return gomail.SetCopyFunc(func(w io.Writer) error {
		_, err := w.Write(f.Octets())
		return err
	})
}

func main() {
	l, port := letter.FromArguments()
	m := gomail.NewMessage()
	m.SetHeader("From", list(m, []letter.Person{l.From})...)
	m.SetHeader("To", list(m, l.To)...)
	if len(l.Cc) > 0 {
		m.SetHeader("Cc", list(m, l.Cc)...)
	}
	if len(l.ReplyTo) > 0 {
		m.SetHeader("Reply-To", list(m, l.ReplyTo)...)
	}
	m.SetHeader("Subject", l.Subject)
	if l.Text != "" {
		m.SetBody("text/plain", l.Text)
	}
	if l.Html != "" {
		m.AddAlternative("text/html", l.Html)
	}
	if l.Calendar != "" {
		m.AddAlternative("text/calendar; method=REQUEST", l.Calendar)
	}
	if l.Inline != nil {
		m.Embed(l.Inline.Name, content(*l.Inline), gomail.SetHeader(map[string][]string{"Content-ID": {"<" + l.Inline.Cid + ">"}}))
	}
	for _, f := range l.Attachments {
		m.Attach(f.Name, content(f))
	}
	number, err := strconv.Atoi(port)
	letter.Check(err)
	letter.Check((&gomail.Dialer{Host: "127.0.0.1", Port: number}).DialAndSend(m))
}
