package app

import (
	"strings"

	"linecard/app/catalogue"
	"linecard/fault"
	"linecard/sip"
)

// Typed is what a text in a number field says.
type Typed struct {
	Call    string   // what it asks to call; "" when it is a name or a part of one
	Then    string   // the keys that it has pressed after the answer; "" for none
	Numbers []string // of a text that is no number itself, the numbers in it
}

// ReadTyped reads a text from a number field. A text that names a way to call, such as tel:, always asks for it, so that
// whoever typed or clicked it is told what is wrong with it.
func ReadTyped(text string) Typed {
	text = strings.TrimSpace(text)
	scheme, rest, linked := strings.Cut(text, ":")
	switch strings.ToLower(scheme) {
	case "sip", "sips", "tel", "callto":
		if linked && rest != "" {
			d, _ := sip.Read(text)
			return Typed{Call: text, Then: d.Keys()}
		}
	}
	d, err := sip.Read(text)
	switch {
	case d.Found || fault.Of(err).Is("sip.several-numbers"):
		var t Typed
		for _, d := range sip.Numbers(text) {
			t.Numbers = append(t.Numbers, d.String())
		}
		return t
	case err != nil, strings.HasSuffix(text, "@"), d.Host == "" && strings.Trim(d.Number, "+0123456789*#") != "":
		return Typed{}
	}
	return Typed{Call: text, Then: d.Keys()}
}

// WithKeys is a number with the keys for after the answer, as an agent reads both.
func WithKeys(number, keys string) string {
	if keys == "" {
		return number
	}
	return catalogue.Text("desk.number-then", "number", number, "keys", keys)
}

// keysOf are keys without the pauses around them.
func keysOf(then string) string { return sip.Dialed{Then: then}.Keys() }

// keysPressed tells that the keys for after the answer went out. When any keys could not, the agent is told: whoever answered
// waits for them.
func keysPressed(s state, i int, e sip.CallKeys) (state, []effect) {
	c := s.calls[i]
	line := c.says("keys", e.At)
	line.Digit, line.Why = e.Keys, e.Failed
	if !e.Failed.IsZero() {
		c.transfer = transfer{failed: e.Failed}
		return s.with(i, c), []effect{say{line.with("failed")}}
	}
	return s, []effect{say{line.with("sent")}}
}
