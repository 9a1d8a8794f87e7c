// Package letter reads the letters that the programs beside it send.
package letter

import (
	"encoding/base64"
	"encoding/json"
	"log"
	"os"
)

// Person has an empty Name when the letter shows the address alone.
type Person struct{ Name, Address string }

// File is an attachment, or with a Cid an inline image.
type File struct{ Name, Type, Cid, Base64 string }

// Letter is one entry of letters.json.
type Letter struct {
	From                          Person
	To, Cc                        []Person
	ReplyTo                       []Person `json:"reply_to"`
	Subject, Text, Html, Calendar string
	Inline                        *File
	Attachments                   []File
	Code, Link                    string
}

// Octets is the content of the file.
func (f File) Octets() []byte {
	octets, err := base64.StdEncoding.DecodeString(f.Base64)
	Check(err)
	return octets
}

// FromArguments reads the letter that the command line names, as LETTERS.json NAME PORT, and returns it with the port.
func FromArguments() (Letter, string) {
	octets, err := os.ReadFile(os.Args[1])
	Check(err)
	letters := map[string]Letter{}
	Check(json.Unmarshal(octets, &letters))
	return letters[os.Args[2]], os.Args[3]
}

// Check ends the program on an error.
func Check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
