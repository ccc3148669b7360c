package sip

import (
	"time"

	"linecard/clean"
	"linecard/fault"
	"linecard/sip/dialog"
)

// Certificate is what an account's server has proved itself with.
type Certificate struct {
	Subject string    `json:"subject"`
	Issuer  string    `json:"issuer"`
	Until   time.Time `json:"until"` // valid until
}

func certificateOf(c dialog.Certificate) Certificate {
	return Certificate{Subject: clean.Line(c.Subject), Issuer: clean.Line(c.Issuer), Until: c.Until}
}

// doubts are the codes for why there is no encryption to a server.
var doubts = map[dialog.Doubt]fault.Code{
	dialog.UnknownIssuer: "sip.tls.unknown-issuer", dialog.SelfSigned: "sip.tls.self-signed", dialog.OtherName: "sip.tls.other-name",
	dialog.ExpiredCertificate: "sip.tls.expired", dialog.EarlyCertificate: "sip.tls.early", dialog.BadCertificate: "sip.tls.bad",
	dialog.ClientWanted: "sip.tls.client-wanted", dialog.ClientRefused: "sip.tls.client-refused", dialog.NotTLS: "sip.tls.none",
	dialog.NoCommonVersion: "sip.tls.version", dialog.BadCAFile: "sip.tls.ca-file", dialog.BadClientFiles: "sip.tls.client-file",
}

// mostNames bounds how many names of a certificate are told.
const mostNames = 3

// unproved is why nothing is sent to a server.
func unproved(server string, doubt *dialog.TLSError) fault.Fault {
	code := doubts[doubt.Doubt]
	shown := doubt.Certificate
	switch doubt.Doubt {
	case dialog.UnknownIssuer:
		return fault.New(code, "server", server, "issuer", clean.Line(shown.Issuer))
	case dialog.OtherName:
		var names []string
		for _, name := range shown.Names {
			if len(names) < mostNames {
				names = append(names, clean.Line(name))
			}
		}
		return fault.New(code, "server", server, "name", doubt.Name, "names", names)
	case dialog.ExpiredCertificate:
		return fault.New(code, "server", server, "at", shown.Until)
	case dialog.EarlyCertificate:
		return fault.New(code, "server", server, "at", shown.From)
	case dialog.BadCAFile, dialog.BadClientFiles:
		return fault.New(code, "file", doubt.File)
	}
	return fault.New(code, "server", server)
}
