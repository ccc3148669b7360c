package settings

import "testing"

// However an address is changed, a user who was found by the former one does not stay; one chosen by hand does.
func TestAnAddressSetByKeyDropsWhoWasFound(t *testing.T) {
	const org, other = "00D000000000001AAA", "00D000000000002AAA"
	for name, change := range map[string]func(*Store) error{
		"set":   func(s *Store) error { return s.Set("owners[2041].email", "night@acme.example") },
		"unset": func(s *Store) error { return s.Unset("owners[1].email") },
	} {
		set := Default()
		set.Owners = []Owner{
			{Extension: "2041", Email: "dana@acme.example", Org: org, User: "005000000000001AAA"},
			{Extension: "2041", Org: other, User: "005000000000002AAA"},
			{Extension: "2042", Email: "dana@acme.example", Org: org, User: "005000000000001AAA", Hand: true},
		}
		s := InMemory(set)
		if err := change(s); err != nil {
			t.Fatal(err)
		}
		for _, o := range s.Get().Owners {
			if o.Extension == "2041" && (o.User != "" || o.Org != "") || o.Extension == "2042" && o.User == "" {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
	set := Default()
	set.Owners = []Owner{{Extension: "2041", Email: "dana@acme.example", Org: org, User: "005000000000001AAA"}}
	s := InMemory(set)
	if err := s.Set("owners[1].email", "Dana@acme.example.invalid"); err != nil || s.Get().Owners[0].User == "" {
		t.Errorf("the same address, as a sandbox has it: %+v, %v", s.Get().Owners, err)
	}
	if err := s.Set("owners[1].email", "none"); err == nil {
		t.Error("what is no address was taken")
	}
}
