package crm

import (
	"slices"
	"strings"
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
	if _, ok := p.rewritten(number); ok || hasLetter(number) || p.emergency(number) {
		return nil
	}
	said := []string{p.Dial(number)}
	for _, bare := range []bool{false, true} {
		if bare && p.OutsidePrefix == "" {
			break
		}
		for _, form := range []DialForm{DialE164, DialExit, DialNational, DialTyped} {
			s := DialSpelling{DialAs: form, Bare: bare}
			if s.Sent = p.As(s).Dial(number); !slices.Contains(said, s.Sent) && p.meant(number, s) {
				said, all = append(said, s.Sent), append(all, s)
			}
		}
	}
	return all
}

// As is the plan that writes its numbers in the way of a spelling.
func (p NumberPlan) As(s DialSpelling) NumberPlan {
	if p.DialAs = s.DialAs; s.Bare {
		p.OutsidePrefix = ""
	}
	return p
}

// meant reports whether a spelling is of the number. What is read with the digits for an outside line already may lose them.
func (p NumberPlan) meant(number string, s DialSpelling) bool {
	plan := p.As(s)
	sent := strings.TrimPrefix(s.Sent, plan.OutsidePrefix)
	if exit := p.ExitCode; exit != "" && s.DialAs != DialE164 && strings.HasPrefix(sent, exit) && !strings.HasPrefix(number, exit) {
		sent = "+" + sent[len(exit):]
	}
	was, is := p.read(number), plan.local(sent, read(sent, p.region()))
	return was.num != nil && is.num != nil && was.e164() == is.e164()
}
