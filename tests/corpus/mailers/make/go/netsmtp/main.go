// Sends a letter with Go's net/smtp and hand-built MIME: go run ./netsmtp LETTERS.json NAME PORT
//
// The package writes no MIME, so programs build it by hand. This does what is common among them: bare line feeds,
// base64 on one line without end, file names as encoded words.
package main

import (
	"encoding/base64"
	"fmt"
	"mime"
	"net/mail"
	"net/smtp"
	"strings"

	"letters/letter"
)

func list(people []letter.Person) string {
	var written []string
	for _, p := range people {
		written = append(written, (&mail.Address{Name: p.Name, Address: p.Address}).String())
	}
	return strings.Join(written, ", ")
}

func text(kind, content string) string {
	return "Content-Type: " + kind + "; charset=\"UTF-8\"\nContent-Transfer-Encoding: base64\n\n" +
		base64.StdEncoding.EncodeToString([]byte(content)) + "\n"
}

func multipart(subtype string, parts []string) string {
	if len(parts) == 1 {
		return parts[0]
	}
	boundary := "==" + subtype + "=="
	written := "Content-Type: multipart/" + subtype + "; boundary=\"" + boundary + "\"\n\n"
	for _, part := range parts {
		written += "--" + boundary + "\n" + part + "\n"
	}
	return written + "--" + boundary + "--\n"
}

func attached(f letter.File, disposition string) string {
	name := mime.BEncoding.Encode("UTF-8", f.Name)
	head := fmt.Sprintf("Content-Type: %s; name=\"%s\"\nContent-Disposition: %s; filename=\"%s\"\n", f.Type, name, disposition, name)
	if f.Cid != "" {
		head += "Content-ID: <" + f.Cid + ">\n"
	}
	return head + "Content-Transfer-Encoding: base64\n\n" + f.Base64 + "\n"
}

func body(l letter.Letter) string {
	var alternatives []string
	if l.Text != "" {
		alternatives = append(alternatives, text("text/plain", l.Text))
	}
	if l.Html != "" {
		related := []string{text("text/html", l.Html)}
		if l.Inline != nil {
			related = append(related, attached(*l.Inline, "inline"))
		}
		alternatives = append(alternatives, multipart("related", related))
	}
	if l.Calendar != "" {
		alternatives = append(alternatives, text("text/calendar; method=REQUEST", l.Calendar))
	}
	mixed := []string{multipart("alternative", alternatives)}
	for _, f := range l.Attachments {
		mixed = append(mixed, attached(f, "attachment"))
	}
	return multipart("mixed", mixed)
}

func main() {
	l, port := letter.FromArguments()
	head := "From: " + list([]letter.Person{l.From}) + "\nTo: " + list(l.To) + "\n"
	if len(l.Cc) > 0 {
		head += "Cc: " + list(l.Cc) + "\n"
	}
	if len(l.ReplyTo) > 0 {
		head += "Reply-To: " + list(l.ReplyTo) + "\n"
	}
	head += "Subject: " + mime.QEncoding.Encode("utf-8", l.Subject) + "\nMIME-Version: 1.0\n"
	var recipients []string
	for _, p := range append(l.To, l.Cc...) {
		recipients = append(recipients, p.Address)
	}
	letter.Check(smtp.SendMail("127.0.0.1:"+port, nil, l.From.Address, recipients, []byte(head+body(l))))
}
