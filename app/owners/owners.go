// Package owners finds the user of an org who owns the log of a call: the one who is linked, one who is named, or the one who
// has the extension that the call was on.
//
// Who has which extension is in the settings ([settings.Owner]), by hand or found by e-mail. The users of each org are kept in
// a [Book], as they were read last. An owner who is not there, or not active, is never replaced in silence: see [Book.Owner].
package owners

import (
	"cmp"
	"slices"
	"strings"

	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// Row is an extension with the user it is associated with.
type Row struct {
	Extension string       `json:"extension"`
	Account   string       `json:"account,omitempty"` // id of the phone account of this desk with it
	Email     string       `json:"email,omitempty"`
	User      string       `json:"user,omitempty"` // id
	Name      string       `json:"name,omitempty"`
	Hand      bool         `json:"byHand,omitempty"`
	Problem   fault.Fault  `json:"-"` // the user is inactive or gone, or nobody is chosen
	Why       string       `json:"problem,omitempty"`
	Candidate []crm.Person `json:"candidates,omitempty"` // several with its e-mail address or extension: one must be chosen
}

// extensions are those of this desk's accounts, and those that the settings associate, each once. An account whose extension
// another one has too is called by its id.
func extensions(set *settings.Settings) (rows []Row) {
	count := map[string]int{}
	for _, a := range set.Accounts {
		count[a.User]++
	}
	for _, a := range set.Accounts {
		r := Row{Extension: a.User, Account: a.ID()}
		if count[a.User] > 1 {
			r.Extension = a.ID()
		}
		rows = append(rows, r)
	}
	for _, o := range set.Owners {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Extension == o.Extension || r.Account == o.Extension })
		if i < 0 {
			rows = append(rows, Row{Extension: o.Extension})
			i = len(rows) - 1
		}
		if o.Email != "" {
			rows[i].Email = o.Email
		}
	}
	return rows
}

// associated is the association of an extension in an org: that of the account's id before that of the extension alone, and the org's own
// before one that is of no org.
func associated(set *settings.Settings, org string, names ...string) (settings.Owner, bool) {
	for _, name := range names {
		for _, of := range []string{org, ""} {
			i := slices.IndexFunc(set.Owners, func(o settings.Owner) bool { return o.Extension == name && name != "" && o.User != "" && o.Org == of })
			if i >= 0 {
				return set.Owners[i], true
			}
		}
	}
	return settings.Owner{}, false
}

// place is the index of the row of an extension in an org: the org's own before one that is of no org; -1 for none.
func place(all []settings.Owner, extension, org string) int {
	for _, of := range []string{org, ""} {
		if i := slices.IndexFunc(all, func(o settings.Owner) bool { return o.Extension == extension && o.Org == of }); i >= 0 {
			return i
		}
	}
	return -1
}

// namesOf are what an association may call the account's extension: its id, and the extension alone where no other account has that.
func namesOf(set *settings.Settings, account string) []string {
	user := extensionOf(account)
	several := 0
	for _, a := range set.Accounts {
		if a.User == user {
			several++
		}
	}
	if several > 1 {
		return []string{account}
	}
	return []string{account, user}
}

// extensionOf is the extension of an account.
func extensionOf(account string) string {
	if i := strings.LastIndex(account, "@"); i > 0 {
		return account[:i]
	}
	return account
}

// candidates are the active users who may be the extension: those with its e-mail address, or, where none is known, those
// who have the extension in the org.
func candidates(r Row, users []crm.Person) (out []crm.Person) {
	for _, u := range users {
		switch {
		case !u.Active:
		case r.Email != "":
			if u.Email != "" && crm.PlainEmail(u.Email) == crm.PlainEmail(r.Email) {
				out = append(out, u)
			}
		case u.Extension != "" && u.Extension == extensionOf(cmp.Or(r.Account, r.Extension)):
			out = append(out, u)
		}
	}
	return out
}

// alsoWith names the other active users who have the row's extension in the org: the log of their calls would be somebody else's.
func alsoWith(r Row, users []crm.Person) (names []string) {
	extension := extensionOf(cmp.Or(r.Account, r.Extension))
	for _, u := range users {
		if u.Active && u.ID != r.User && u.Extension != "" && u.Extension == extension {
			names = append(names, cmp.Or(u.Name, u.Username))
		}
	}
	return names
}

// Fits reports whether a row is what a person looks for, by words of its extension, its e-mail address or its user.
func (r Row) Fits(words string, users []crm.Person) bool {
	u, _ := byID(users, r.User)
	return crm.HasWords(words, r.Extension, r.Email, r.Name, u.Name, u.Username)
}

// Table is every extension with its user in an org, as they stand.
func Table(set *settings.Settings, org string, users []crm.Person) []Row {
	rows := extensions(set)
	for i := range rows {
		r := &rows[i]
		o, ok := associated(set, org, r.Account, r.Extension)
		if ok {
			r.User, r.Name, r.Hand = o.User, o.Name, o.Hand
			r.Problem = standing(o.User, o.Name, users)
			if u, found := byID(users, o.User); found {
				r.Name = u.Name
			}
			if fits := candidates(*r, users); r.Problem.IsZero() && !r.Hand && r.Email != "" && len(users) > 0 && !(len(fits) == 1 && crm.SameID(fits[0].ID, r.User)) {
				r.Problem = fault.New("owners.unsure", "name", cmp.Or(r.Name, r.User), "email", r.Email) // the org has changed since
			}
			if others := alsoWith(*r, users); len(others) > 0 && r.Problem.IsZero() {
				r.Problem = fault.New("owners.shared", "extension", extensionOf(cmp.Or(r.Account, r.Extension)), "others", others, "name", cmp.Or(r.Name, r.User))
			}
			continue
		}
		r.Candidate = candidates(*r, users)
		r.Problem = fault.New("owners.nobody", "extension", r.Extension)
		if len(r.Candidate) > 1 {
			r.Problem = fault.New("owners.several", "name", cmp.Or(r.Email, r.Extension), "count", len(r.Candidate))
		}
	}
	return rows
}

// Associate finds the users of all extensions that nobody has chosen one for by hand, and returns the associations that are
// to be kept. Where several users fit, or none, an extension is left without, also where a user was found before: the address, or who has it, may
// have changed since. One who was found and has left stays, so that it is told whose the calls were.
func Associate(set *settings.Settings, org string, users []crm.Person) (out []settings.Owner, found int) {
	out = slices.Clone(set.Owners)
	if len(users) == 0 { // they are not known, and nobody has left
		return out, 0
	}
	for _, r := range extensions(set) {
		fits := candidates(r, users)
		i := place(out, r.Extension, org)
		if i >= 0 && out[i].Hand && out[i].User != "" {
			continue
		}
		if len(fits) != 1 {
			if i >= 0 && out[i].Org == org && (len(fits) > 1 || standing(out[i].User, "", users).IsZero()) {
				out = Choose(out, r.Extension, org, crm.Person{})
			}
			continue
		}
		if i < 0 {
			out = append(out, settings.Owner{Extension: r.Extension})
			i = len(out) - 1
		}
		if out[i].User != fits[0].ID {
			found++
		}
		out[i].Org, out[i].User, out[i].Name, out[i].Hand = org, fits[0].ID, fits[0].Name, false
	}
	return out, found
}

// Choose associates an extension with a user by hand; the zero User takes the association away.
func Choose(all []settings.Owner, extension, org string, u crm.Person) []settings.Owner {
	out := slices.Clone(all)
	i := place(out, extension, org)
	if i < 0 {
		if u.ID == "" {
			return out
		}
		out = append(out, settings.Owner{Extension: extension})
		i = len(out) - 1
	}
	out[i].Org, out[i].User, out[i].Name, out[i].Hand = org, u.ID, u.Name, u.ID != ""
	if u.ID == "" {
		out[i].Org = ""
		email := out[i].Email
		rest := slices.Delete(slices.Clone(out), i, i+1)
		at := place(rest, extension, "")
		if email == "" {
			return rest
		}
		if at >= 0 { // it keeps the address, unless another one has it
			if !slices.ContainsFunc(rest, func(o settings.Owner) bool { return o.Extension == extension && o.Email != "" }) {
				rest[at].Email = email
			}
			return rest
		}
	}
	return out
}

// FindUser finds the user whom a person names by id, user name, e-mail address or name. Inactive users are found by id and
// user name only.
func FindUser(users []crm.Person, name string) (crm.Person, fault.Fault) {
	if u, ok := byID(users, name); ok {
		return u, fault.Fault{}
	}
	for _, is := range []func(crm.Person) bool{
		func(u crm.Person) bool { return strings.EqualFold(u.Username, name) },
		func(u crm.Person) bool {
			return u.Active && u.Email != "" && crm.PlainEmail(u.Email) == crm.PlainEmail(name)
		},
		func(u crm.Person) bool { return u.Active && strings.EqualFold(u.Name, name) },
	} {
		var fits []crm.Person
		for _, u := range users {
			if is(u) {
				fits = append(fits, u)
			}
		}
		switch {
		case len(fits) == 1:
			return fits[0], fault.Fault{}
		case len(fits) > 1:
			return crm.Person{}, fault.New("owners.several", "name", name, "count", len(fits))
		}
	}
	return crm.Person{}, fault.New("owners.unknown", "name", name)
}

func byID(users []crm.Person, id string) (crm.Person, bool) {
	i := slices.IndexFunc(users, func(u crm.Person) bool { return crm.SameID(u.ID, id) })
	if i < 0 {
		return crm.Person{}, false
	}
	return users[i], true
}

// standing is what keeps a user from owning anything; the zero Fault when nothing does, or when the users are not known.
func standing(id, name string, users []crm.Person) fault.Fault {
	u, ok := byID(users, id)
	switch {
	case len(users) == 0:
		return fault.Fault{}
	case !ok:
		return fault.New("owners.gone", "name", cmp.Or(name, id))
	case !u.Active:
		return fault.New("owners.inactive", "name", cmp.Or(u.Name, name, id))
	}
	return fault.Fault{}
}
