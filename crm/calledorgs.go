package crm

import "linecard/fault"

// CalledOrgs says which org a call belongs to by the number or queue that the caller dialled. The zero value says nothing.
type CalledOrgs struct{ orgs []calledOrg }

type calledOrg struct {
	org      string
	patterns []pattern
}

// With is c with an org behind the others, whose calls are those to numbers that fit one of the patterns. A pattern that is wrong is left
// out; see [WrongCalled].
func (c CalledOrgs) With(org string, called []string) CalledOrgs {
	read := patterns(called)
	if org == "" || len(read) == 0 {
		return c
	}
	return CalledOrgs{append(c.orgs[:len(c.orgs):len(c.orgs)], calledOrg{org, read})}
}

// WrongCalled says what is wrong with a pattern of called numbers; the zero Fault when nothing is.
func WrongCalled(text string) fault.Fault {
	_, why := readPattern(text)
	return why
}

// of is the first org whose calls fit; "" for none.
func (c CalledOrgs) of(f *sight) string {
	if f.Direction != Inbound || f.Called == "" {
		return ""
	}
	for i := range c.orgs {
		if fitAny(c.orgs[i].patterns, &f.called) {
			return c.orgs[i].org
		}
	}
	return ""
}

// ChoosesOrg reports whether the rules may say which org a call belongs to.
func (r Rules) ChoosesOrg() bool {
	if len(r.Called.orgs) > 0 {
		return true
	}
	for i := range r.Table.rows {
		if r.Table.rows[i].rule.Org != "" {
			return true
		}
	}
	return false
}
