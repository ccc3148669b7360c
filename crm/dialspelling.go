package crm

import (
	"slices"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// DialSpelling is another way in which a line could write a number, and what its plan says where it writes all numbers so.
type DialSpelling struct {
	Sent   string   `json:"sent"`   // what goes to the phone server
	DialAs DialForm `json:"dialAs"` // the form of the plan that writes it
	Bare   bool     `json:"bare"`   // without the digits for an outside line
}

// Spellings are the other ways to write a number than the one that the plan has, for a phone server that does not know it so: with a +, with the exit
// code, as people of the country dial it, and as it was typed; each with the digits for an outside line, where the plan has some, and without.
// None is of another number. Colleagues, codes, emergency and other short numbers, names, and numbers that a [Rewrite] is for are written in one way alone.
func (p NumberPlan) Spellings(number string) (all []DialSpelling) {
	if _, ok := p.rewritten(number); ok || hasLetter(number) || p.Emergency(number) {
		return nil
	}
	said := []string{p.Dial(number)}
	for _, bare := range []bool{false, true} {
		if bare && p.OutsidePrefix == "" {
			break
		}
		for _, form := range []DialForm{DialE164, DialExit, DialNational, DialTyped} {
			s := DialSpelling{DialAs: form, Bare: bare}
			if s.Sent = p.As(s).Dial(number); !slices.Contains(said, s.Sent) && p.meant(number, s) && p.outside(s) {
				s.DialAs = p.mildest(number, s)
				said, all = append(said, s.Sent), append(all, s)
			}
		}
	}
	return all
}

// outside reports whether a phone server with this plan takes a spelling to the outside, as it is: it is no colleague, nothing that a [Rewrite] takes
// elsewhere, and has no digits of its own that the server takes for those of an outside line.
func (p NumberPlan) outside(s DialSpelling) bool {
	_, elsewhere := p.rewritten(s.Sent)
	return !elsewhere && !p.extension().MatchString(s.Sent) && !p.Emergency(s.Sent) && !(s.Bare && strings.HasPrefix(s.Sent, p.OutsidePrefix))
}

// mildest is the form that writes a number as in a spelling, and of several the one that changes the least of how others are written: what a number
// abroad tells is nothing of those of the own country.
func (p NumberPlan) mildest(number string, s DialSpelling) DialForm {
	forms := []DialForm{DialNational, DialE164, DialExit, DialTyped}
	if r := p.read(number); r.num != nil && int(r.num.GetCountryCode()) != phonenumbers.GetCountryCodeForRegion(p.region()) {
		forms = []DialForm{DialNational, DialTyped, DialE164, DialExit}
	}
	for _, form := range forms {
		if p.As(DialSpelling{DialAs: form, Bare: s.Bare}).Dial(number) == s.Sent {
			return form
		}
	}
	return s.DialAs
}

// As is the plan that writes its numbers in the way of a spelling.
func (p NumberPlan) As(s DialSpelling) NumberPlan {
	if p.DialAs = s.DialAs; s.Bare {
		p.OutsidePrefix = ""
	}
	return p
}

// meant reports whether a spelling is of the number, for a phone server that takes the digits for an outside line off and for one that does not.
// What is read with those digits already may lose them.
func (p NumberPlan) meant(number string, s DialSpelling) bool {
	plan := p.As(s)
	sent := strings.TrimPrefix(s.Sent, plan.OutsidePrefix)
	whole := s.Sent
	if exit := p.ExitCode; exit != "" && s.DialAs != DialE164 && strings.HasPrefix(sent, exit) && !strings.HasPrefix(number, exit) {
		sent = "+" + sent[len(exit):] // no reading of the whole knows this exit code
		whole = sent
	}
	was, is, stands := p.read(number), plan.local(sent, read(sent, p.region())), p.read(whole)
	return was.num != nil && is.num != nil && stands.num != nil && was.e164() == is.e164() && was.e164() == stands.e164()
}
