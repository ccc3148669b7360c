package sip

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"linecard/clean"
)

// Signalling is what else the INVITE tells of a call, cleaned; a part that it does not tell is "".
type Signalling struct {
	UserToUser    string `json:"userToUser,omitempty"`    // what the caller's side has handed over (RFC 7433), as text where it is one
	CallInfo      string `json:"callInfo,omitempty"`      // an address with more about the caller (RFC 3261 §20.9)
	Verstat       string `json:"verstat,omitempty"`       // whether the network has verified the caller's number: one of the values below
	DivertedFirst string `json:"divertedFirst,omitempty"` // who sent it on first, where several did
	DivertedFor   string `json:"divertedFor,omitempty"`   // why it was sent on last, in the words of RFC 5806: "no-answer"
	ReferredBy    string `json:"referredBy,omitempty"`    // who has transferred the caller to this phone (Referred-By, RFC 3892)
}

// The values of [Signalling].Verstat, of what STIR/SHAKEN says of the caller's number (ATIS-1000074 §5.3.1).
const (
	VerstatPassed = "passed"
	VerstatFailed = "failed"
	VerstatNone   = "no validation"
)

// longestSignalled is the length of the longest part, in characters.
const longestSignalled = 255

// signalled reads what else the INVITE tells. Only the account's server is believed about the number and
// about who has transferred the call: whoever calls directly may write anything.
func signalled(values headerValues, from string, direct bool) Signalling {
	s := Signalling{UserToUser: userToUser(values("User-to-User")), CallInfo: callInfo(values("Call-Info"))}
	s.DivertedFirst, s.DivertedFor = diversion(diverters(values))
	if !direct {
		s.Verstat = verstat(append(values("P-Asserted-Identity"), from))
		s.ReferredBy = referredBy(values)
	}
	return s
}

// userToUser is what a User-to-User header has, which may be written in hexadecimal digits. What ISDN puts before a text, that it is one
// (ITU-T Q.931 §4.5.30), is left out.
func userToUser(values []string) string {
	for _, v := range values {
		data, rest, _ := strings.Cut(v, ";")
		data = strings.Trim(strings.TrimSpace(data), `"`)
		encoding := parameters(";" + rest)["encoding"]
		if raw, err := hex.DecodeString(data); err == nil && (encoding == "" || strings.EqualFold(encoding, "hex")) {
			if len(raw) > 0 && (raw[0] == 0x04 || raw[0] == 0x00) {
				raw = raw[1:]
			}
			if text := string(raw); utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
				data = text
			}
		}
		if data = clean.Short(data, longestSignalled); data != "" {
			return data
		}
	}
	return ""
}

// callInfo is the address of a page about the caller. What Call-Info has for phones alone, as pictures and answer-after, is none.
func callInfo(values []string) string {
	for _, v := range values {
		_, rest, opened := strings.Cut(v, "<")
		uri, after, closed := strings.Cut(rest, ">")
		purpose := strings.ToLower(parameters(after)["purpose"])
		scheme, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(uri)), ":")
		if opened && closed && (purpose == "" || purpose == "info") && (scheme == "https" || scheme == "http") {
			return clean.Short(strings.TrimSpace(uri), longestSignalled)
		}
	}
	return ""
}

// verstat reads the parameter that the network puts behind the caller's number, in the first address that has one.
func verstat(identities []string) string {
	for _, v := range identities {
		inside := v
		if _, rest, ok := strings.Cut(v, "<"); ok {
			inside, _, _ = strings.Cut(rest, ">")
		}
		scheme, number, _ := strings.Cut(strings.TrimSpace(inside), ":")
		if !strings.EqualFold(scheme, "tel") { // of a SIP URI it is a parameter of the user part
			user, _, ok := strings.Cut(number, "@")
			if !ok {
				continue
			}
			number = user
		}
		_, rest, _ := strings.Cut(number, ";")
		switch said := strings.ToLower(parameters(";" + rest)["verstat"]); said {
		case "tn-validation-passed":
			return VerstatPassed
		case "tn-validation-failed":
			return VerstatFailed
		case "no-tn-validation":
			return VerstatNone
		}
	}
	return ""
}

// referredBy is who has transferred the caller here, as people write one; "" where they keep that private.
func referredBy(values headerValues) string {
	if private(values("Privacy"), "header") {
		return ""
	}
	for _, v := range values("Referred-By", "b") {
		a, ok := parseAddress(v)
		if !ok || a.user == "" || anonymous(a) {
			continue
		}
		if a.name == "" || a.name == a.user {
			return clean.Short(a.user, longestSignalled)
		}
		return clean.Short(a.name+" ("+a.user+")", longestSignalled)
	}
	return ""
}

// diversionCauses are the words of RFC 5806 for the causes of RFC 4458 §2.1.
var diversionCauses = map[string]string{
	"302": "unconditional", "404": "unknown", "408": "no-answer", "480": "deflection", "486": "user-busy", "487": "deflection", "503": "unavailable",
}

// diversion is who sent a call on first, where that is not who did it last, and why it was sent on last. Whoever keeps that private is nobody.
func diversion(all []diverter) (first, reason string) {
	shown := func(d diverter) bool { return !d.hidden && d.user != "" && !anonymous(d.address) }
	if i := slices.IndexFunc(all, func(d diverter) bool { return d.hidden || d.user != "" }); i >= 0 && shown(all[i]) {
		reason = clean.Short(strings.ToLower(all[i].params["reason"]), longestSignalled)
		_, cause, _ := strings.Cut(strings.ToLower(all[i].asks["reason"]), "cause=") // of History-Info (RFC 7044 §10.2)
		reason = cmp.Or(reason, diversionCauses[strings.TrimSpace(cause)])
	}
	if n := len(all) - 1; n > 0 && shown(all[n]) {
		first = clean.Line(all[n].user)
	}
	return first, reason
}
