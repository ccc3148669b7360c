package steps

import (
	"errors"
	"slices"
	"testing"

	"linecard/fault"
)

func TestWhatHasBegunIsUndoneTheLastFirst(t *testing.T) {
	for failing, want := range []struct {
		undone []string
		code   fault.Code
	}{
		{[]string{"a"}, "program.no-folder"},
		{[]string{"b", "a"}, "program.step-failed"},
		{[]string{"c", "b", "a"}, "settings.no-keyring"},
		{[]string{"d", "c", "b", "a"}, "program.step-failed"},
	} {
		var undone []string
		var s Steps
		var err error
		for i, name := range []string{"a", "b", "c", "d"} {
			do := func() error {
				switch {
				case i != failing:
					return nil
				case i == 2:
					return fault.Err(nil, "settings.no-keyring") // it has its own sentence
				case i == 3:
					panic("out of luck")
				}
				return errors.New("broken")
			}
			code := fault.Code("")
			if i == 0 {
				code = "program.no-folder"
			}
			if err = s.Do(name, do, func() { undone = append(undone, name) }, code); err != nil {
				break
			}
		}
		s.Undo()
		s.Undo()
		if !fault.Of(err).Is(want.code) || !slices.Equal(undone, want.undone) {
			t.Errorf("step %d: %v, undone %v", failing, err, undone)
		}
	}
}

func TestBeforeFailsAStep(t *testing.T) {
	s := Steps{Before: func(step string) error {
		if step == "b" {
			return errors.New("not today")
		}
		return nil
	}}
	done := 0
	do := func() error { done++; return nil }
	if err := errors.Join(s.Do("a", do, nil, ""), s.Do("b", do, nil, "")); err == nil || done != 1 {
		t.Errorf("%v, %d done", err, done)
	}
}

// A step that fails at its end has begun, and so it is undone. What it lacks by then stops neither its own undoing nor that of the others.
func TestAStepThatFailsHalfDone(t *testing.T) {
	for _, how := range []func(){func() {}, func() { panic("out of luck") }} {
		var undone []string
		var part *struct{ name string }
		s := Steps{After: func(step string) error {
			if step != "b" {
				return nil
			}
			how()
			return errors.New("no room left")
		}}
		err := s.Do("a", func() error { return nil }, func() { undone = append(undone, "a") }, "")
		if err != nil {
			t.Fatal(err)
		}
		err = s.Do("b", func() error { return nil }, func() {
			undone = append(undone, "b")
			undone = append(undone, part.name) // a nil part
		}, "")
		s.Undo()
		if !fault.Of(err).Is("program.step-failed") || !slices.Equal(undone, []string{"b", "a"}) {
			t.Errorf("%v, undone %v", err, undone)
		}
	}
}
