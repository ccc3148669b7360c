package program

import (
	"context"
	"maps"
	"testing"

	"linecard/app/settings"
	"linecard/fault"
)

// slowToTake is a keyring that something happens beside while it takes a secret.
type slowToTake struct {
	*settings.Memory
	meanwhile []func()
}

func (s *slowToTake) Set(ctx context.Context, key, secret string) error {
	if len(s.meanwhile) > 0 {
		f := s.meanwhile[0]
		s.meanwhile = s.meanwhile[1:]
		f()
	}
	return s.Memory.Set(ctx, key, secret)
}

// A keyring that is found late has what was kept in memory until then, also what was changed while it took that: a token that was renewed is
// the only one that is valid.
func TestAKeyringThatIsFoundHasWhatWasKeptMeanwhile(t *testing.T) {
	ctx := t.Context()
	k := newKeyring(func(fault.Fault) {})
	k.once.Do(func() { close(k.opened) })
	kept := &settings.Memory{}
	k.secrets, k.missing = kept, true
	set := func(key, secret string) {
		if err := k.Set(ctx, key, secret); err != nil {
			t.Error(err)
		}
	}
	set("token", "first")
	found := &slowToTake{Memory: &settings.Memory{}, meanwhile: []func(){
		func() { set("token", "renewed"); set("password", "entered") },
		func() { set("other", "made") },
		func() {
			if err := k.Delete(ctx, "other"); err != nil {
				t.Error(err)
			}
		},
	}}
	if !k.move(ctx, kept, found) {
		t.Fatal("not moved")
	}
	set("later", "secret")
	if got, want := found.All(), map[string]string{"token": "renewed", "password": "entered", "later": "secret"}; !maps.Equal(got, want) {
		t.Errorf("it has %v, want %v", got, want)
	}
}
