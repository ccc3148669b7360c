package settings

import (
	"reflect"
	"strings"

	"linecard/crm"
)

// Owner says which user of an org an extension is, so that the log of its calls can belong to that user.
type Owner struct {
	Extension string `toml:"extension"` // as accounts are called: 2041, or 2041@pbx.example.com where several servers have one
	Email     string `toml:"email"`     // of who has the extension; a user is found by it
	Org       string `toml:"org"`       // id of the org that User is of
	User      string `toml:"user"`      // id of the user; "" while nobody is chosen
	Name      string `toml:"name"`      // of the user, for people
	Hand      bool   `toml:"hand"`      // chosen by hand: finding users by e-mail leaves it alone

	Beyond map[string]any `toml:"-"` // what the file has beyond these, kept when it is written
}

// DefaultOwner is an extension of which nothing is known.
func DefaultOwner() Owner { return Owner{} }

// id tells two associations apart: an extension has one in each org.
func (o Owner) id() string { return o.Extension + " " + o.Org }

// owner checks one association.
func (c *checker) owner(path string, o *Owner, _ Owner) {
	for _, text := range []*string{&o.Extension, &o.Email, &o.Org, &o.User, &o.Name} {
		*text = strings.TrimSpace(*text)
	}
	if o.Email != "" && c.address(path+"email", o.Email) {
		o.Email = ""
	}
}

// SetOwnerEmail gives an extension another e-mail address, "" for none. A user who was found goes, in every org: who has the new address must be found
// again, and until then the calls are nobody's. One who was chosen by hand stays.
func (s *Settings) SetOwnerEmail(extension, email string) {
	was := ""
	for _, o := range s.Owners {
		if o.Extension == extension && o.Email != "" {
			was = o.Email
		}
	}
	changed, kept := crm.PlainEmail(was) != crm.PlainEmail(strings.TrimSpace(email)), false
	all := make([]Owner, 0, len(s.Owners)+1)
	for _, o := range s.Owners {
		if o.Extension == extension {
			if o.Email = email; changed && !o.Hand {
				o.User, o.Name, o.Org = "", "", ""
			}
			if o.User == "" && (email == "" || kept) {
				continue
			}
			kept = true
		}
		all = append(all, o)
	}
	if !kept && email != "" {
		all = append(all, Owner{Extension: extension, Email: email})
	}
	s.Owners = all
}

// readdress sets the value of a key that is the e-mail address of an extension. It reports whether it is one.
func (s *Settings) readdress(key, email string) bool {
	path := steps(key)
	if len(path) != 2 || path[0].name != "owners" || path[1].name != "email" {
		return false
	}
	i := element(reflect.ValueOf(s.Owners), path[0].element)
	if i >= 0 {
		s.SetOwnerEmail(s.Owners[i].Extension, email)
	}
	return i >= 0
}

// defaultElement is an element of a list of which only the defaults are known.
func defaultElement(list string) any {
	switch list {
	case "orgs":
		return DefaultOrg()
	case "queues":
		return DefaultQueue()
	case "colleagues":
		return DefaultColleague()
	case "owners":
		return DefaultOwner()
	case "rules":
		return crm.DefaultRule()
	case "objects":
		return crm.DefaultObject()
	}
	return DefaultAccount()
}
