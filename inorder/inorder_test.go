package inorder_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"linecard/inorder"
	"linecard/test/wait"
)

func TestMain(m *testing.M) { wait.Main(m) }

// The values of each sender arrive in order, one at a time, none twice and none lost, with any number of senders.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		senders, each := rapid.IntRange(1, 8).Draw(t, "senders"), rapid.IntRange(0, 50).Draw(t, "values")
		got := make([][]int, senders)
		q := inorder.New(func(v [2]int) { got[v[0]] = append(got[v[0]], v[1]) }, nil)
		var wg sync.WaitGroup
		for s := range senders {
			wg.Go(func() {
				for i := range each {
					q.Put([2]int{s, i})
				}
			})
		}
		wg.Wait()
		q.Close()
		for s := range senders {
			if len(got[s]) != each || !slices.IsSorted(got[s]) {
				t.Fatalf("sender %d: %v", s, got[s])
			}
		}
	})
}

func TestHeldQueueWaitsForStart(t *testing.T) {
	var got []int
	q := inorder.Held(func(v int) { got = append(got, v) }, nil)
	q.Put(1)
	q.Put(2)
	q.Wait() // a held queue has nothing to do
	if len(got) != 0 {
		t.Fatalf("taken before Start: %v", got)
	}
	q.Start()
	q.Close()
	if !slices.Equal(got, []int{1, 2}) {
		t.Errorf("taken: %v", got)
	}
}

func TestClosedQueueTakesNothing(t *testing.T) {
	q := inorder.Functions(nil)
	q.Close()
	if q.Put(func() { t.Error("ran") }) || inorder.Do(q, func() { t.Error("ran") }) {
		t.Error("a closed queue accepted a function")
	}
}

func TestReplaceRemovesWhatIsNeedless(t *testing.T) {
	var got []string
	q := inorder.Held(func(v string) { got = append(got, v) }, nil)
	q.Put("show a")
	q.Put("show b")
	q.Replace("withdraw a", func(old string) bool { return strings.HasSuffix(old, " a") })
	q.Start()
	q.Close()
	if !slices.Equal(got, []string{"show b", "withdraw a"}) {
		t.Errorf("taken: %v", got)
	}
}

func TestRemove(t *testing.T) {
	q := inorder.Held(func(int) { t.Error("taken") }, nil)
	q.Put(1)
	q.Put(2)
	if rest := q.Remove(); !slices.Equal(rest, []int{1, 2}) || !q.Empty() {
		t.Errorf("removed: %v", rest)
	}
	q.Close()
}

// A function that panics is reported, and the next one runs.
func TestPanicIsReported(t *testing.T) {
	var said []string
	q := inorder.Functions(func(err error) { said = append(said, err.Error()) })
	q.Put(func() { panic("boom") })
	ran := inorder.Do(q, func() { said = append(said, "next") })
	q.Close()
	if !ran || len(said) != 2 || !strings.HasPrefix(said[0], "panic: boom") || said[1] != "next" {
		t.Errorf("said %q", said)
	}
}

func ExampleFunctions() {
	q := inorder.Functions(nil)
	for i := range 3 {
		q.Put(func() { fmt.Println("call", i) })
	}
	q.Close()
	// Output:
	// call 0
	// call 1
	// call 2
}

func BenchmarkPut(b *testing.B) {
	q := inorder.New(func(int) {}, nil)
	for b.Loop() {
		q.Put(1)
	}
	q.Close()
}
