package program

import (
	"context"
	"errors"
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

// refusesOne is a keyring that does not take one of the secrets, once.
type refusesOne struct {
	*settings.Memory
	refused string
	taken   int
}

func (s *refusesOne) Set(ctx context.Context, key, secret string) error {
	if s.taken == 1 && s.refused == "" {
		s.refused = key
		return errors.New("locked again")
	}
	s.taken++
	return s.Memory.Set(ctx, key, secret)
}

// A keyring that took half of the secrets and then refused keeps none that was deleted before the next try.
func TestAHalfMadeMoveLeavesNoDeletedSecret(t *testing.T) {
	ctx := t.Context()
	k := newKeyring(func(fault.Fault) {})
	k.once.Do(func() { close(k.opened) })
	kept := &settings.Memory{}
	k.secrets, k.missing = kept, true
	for _, key := range []string{"one", "other"} {
		if err := k.Set(ctx, key, "secret"); err != nil {
			t.Fatal(err)
		}
	}
	found := &refusesOne{Memory: &settings.Memory{}}
	if k.move(ctx, kept, found) || len(found.All()) != 1 {
		t.Fatalf("moved, and it has %v", found.All())
	}
	for key := range found.All() {
		if err := k.Delete(ctx, key); err != nil {
			t.Fatal(err)
		}
	}
	if want := map[string]string{found.refused: "secret"}; !k.move(ctx, kept, found) || !maps.Equal(found.All(), want) {
		t.Errorf("it has %v, want %v", found.All(), want)
	}
}
