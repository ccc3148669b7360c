package program

import (
	"linecard/app/catalogue"
	"linecard/app/settings"
)

// ProfileTrial is what would change on this computer with a profile that is not in force.
type ProfileTrial struct {
	Profile string          `json:"profile,omitempty"` // who made it, and what it is called
	Locked  []string        `json:"locked"`
	Changes []ProfileChange `json:"changes"`
	Notices []string        `json:"notices"` // what could not be taken of it
}

// ProfileChange is a setting that would have another value; nil for one of an element that is not there.
type ProfileChange struct {
	Key  string `json:"key"`
	Now  any    `json:"now"`
	Then any    `json:"then"`
}

// TryProfile tells what would change if a profile were imported.
func (p *Program) TryProfile(doc []byte) (ProfileTrial, error) {
	t, err := p.profile.Try(doc)
	if err != nil {
		return ProfileTrial{}, err
	}
	out := ProfileTrial{Profile: t.Title, Locked: t.Locked, Changes: []ProfileChange{}, Notices: []string{}}
	if out.Locked == nil {
		out.Locked = []string{}
	}
	now, then := valuesOf(t.Before), valuesOf(t.After)
	now["layouts"], then["layouts"] = t.Before.Get().Layouts, t.After.Get().Layouts // which the list of settings leaves out
	for _, key := range t.Changes {
		out.Changes = append(out.Changes, ProfileChange{Key: key, Now: now[key], Then: then[key]})
	}
	for _, f := range t.After.Notices() {
		out.Notices = append(out.Notices, catalogue.Say(f))
	}
	return out, nil
}

func valuesOf(s *settings.Store) map[string]any {
	all := map[string]any{}
	for _, e := range s.List() {
		all[e.Key] = e.Value
	}
	return all
}
