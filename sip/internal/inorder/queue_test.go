package inorder_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"linecard/sip/internal/inorder"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestRunsInOrder(t *testing.T) {
	q := inorder.New(nil)
	var got []int
	for i := range 1000 {
		q.Post(func() { got = append(got, i) })
	}
	q.Close()
	if len(got) != 1000 || !slices.IsSorted(got) {
		t.Errorf("ran %d, in order: %v", len(got), slices.IsSorted(got))
	}
}

// What one goroutine posts runs in its order, whatever others post meanwhile.
func TestKeepsEachPostersOrder(t *testing.T) {
	q := inorder.New(nil)
	got := make([][]int, 8)
	var posters sync.WaitGroup
	for p := range got {
		posters.Go(func() {
			for i := range 500 {
				q.Post(func() { got[p] = append(got[p], i) })
			}
		})
	}
	posters.Wait()
	q.Close()
	for p, list := range got {
		if len(list) != 500 || !slices.IsSorted(list) {
			t.Errorf("poster %d: %d ran, in order: %v", p, len(list), slices.IsSorted(list))
		}
	}
}

func TestPanicDoesNotEndIt(t *testing.T) {
	var told error
	q := inorder.New(func(err error) { told = err })
	q.Post(func() { panic("bang") })
	ran := q.Do(func() {})
	q.Close()
	if !ran || told == nil || !strings.Contains(told.Error(), "bang") {
		t.Errorf("ran %v, told %v", ran, told)
	}
}

func TestPostsFromWithin(t *testing.T) {
	q := inorder.New(nil)
	var got []string
	q.Do(func() {
		q.Post(func() { got = append(got, "second") })
		got = append(got, "first")
	})
	q.Close()
	if strings.Join(got, " ") != "first second" {
		t.Errorf("ran %v", got)
	}
}

func TestClosed(t *testing.T) {
	q := inorder.New(nil)
	q.Close()
	q.Close()
	if q.Post(func() { t.Error("ran") }) || q.Do(func() { t.Error("ran") }) {
		t.Error("a closed queue took a function")
	}
}
