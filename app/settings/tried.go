package settings

import (
	"reflect"

	"linecard/crm"
	"linecard/fault"
)

// The table of rules is tried on past calls before it is put in force. What was tried and what is put in force must be one table: between the two an agent reads, another
// face of the app changes it, or the app ends.

// ErrRulesChanged says that the table in force is another than the one beside which a table was tried.
var ErrRulesChanged = &KeyError{fault.New("rules.changed-meanwhile")}

// mostDrafts is how often a change is made again because the settings have changed while it was tried.
const mostDrafts = 5

// ChangeTried changes the settings with a look before: change is made on a draft, which has all layers and writes nothing, and agree is told the settings in force
// and those that are to follow. Its error leaves everything as it is. Where the settings have changed meanwhile, both are called again, so that what is put in force is what was
// agreed to.
func (s *Store) ChangeTried(change func(draft *Store) error, agree func(now, next *Settings) error) error {
	for range mostDrafts {
		now := s.now.Load()
		draft := &Store{}
		draft.now.Store(now)
		if err := change(draft); err != nil {
			return err
		}
		next := draft.now.Load()
		if next == now {
			return nil // it changes nothing
		}
		if err := agree(now.set, next.set); err != nil {
			return err
		}
		if done, err := s.adopt(now, next); done || err != nil {
			return err
		}
	}
	return ErrRulesChanged
}

// WithProfile is a store as this one would be with another profile; see [Store.SetProfile]. It keeps nothing on disk.
func (s *Store) WithProfile(doc []byte, locked []string, by string) (*Store, error) {
	profile, err := parseTOML(doc)
	if err != nil {
		return nil, fault.Err(err, "settings.profile-unreadable")
	}
	next := &Store{}
	next.build(s.now.Load().document(), profile, locked, by)
	return next, nil
}

// Changed are the keys whose values differ between two settings, in alphabetical order.
func Changed(a, b *Settings) []string { return changed(a, b) }

// adopt puts layers in force that were made of others, unless those are not in force any more.
func (s *Store) adopt(now, next *layers) (done bool, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.now.Load() != now {
		return false, nil
	}
	return true, s.commit(now, next)
}

// PutTried puts a table in force that was tried beside another one, as a person saw it. The error is [ErrRulesChanged] where that one is not in force any more.
func (s *Settings) PutTried(table, beside []crm.Rule) error {
	if !SameRules(s.Rules, beside) {
		return ErrRulesChanged
	}
	s.Rules = table
	return nil
}

// SameRules reports whether two tables are the same.
func SameRules(a, b []crm.Rule) bool { return len(a) == 0 && len(b) == 0 || reflect.DeepEqual(a, b) }
