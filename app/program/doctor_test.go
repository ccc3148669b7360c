package program_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"linecard/app/program"
	"linecard/crm/demoorg"
)

// The doctor asks all orgs at the same time: here none of two answers before both were asked.
func TestTheDoctorAsksAllOrgsAtOnce(t *testing.T) {
	r := newRig(t)
	r.start()
	var armed atomic.Bool
	asked := []chan struct{}{make(chan struct{}), make(chan struct{})}
	for i, instance := range []string{"g1", "g2"} {
		org := demoorg.New(demoorg.Config{AutoApprove: true, Instance: instance, Seed: uint64(i + 5)})
		serve, first := org.Handler(), asked[i]
		var once atomic.Bool
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			if armed.Load() {
				if once.CompareAndSwap(false, true) {
					close(first)
				}
				for _, other := range asked {
					select {
					case <-other:
					case <-time.After(patience):
						t.Error("one org was not asked while the other had not answered")
					}
				}
			}
			serve.ServeHTTP(w, q)
		}))
		t.Cleanup(server.Close)
		if _, err := r.p.Link(t.Context(), program.LinkRequest{Add: true, Host: server.URL, Key: org.ClientID()}, visit); err != nil {
			t.Fatal(err)
		}
	}
	armed.Store(true)
	ports := 0
	for _, f := range r.p.Doctor(t.Context()) {
		if f.Org != "" && !f.OK {
			t.Errorf("%+v", f)
		}
		if f.CheckCode == "salesforce.check-port" {
			ports++
		}
	}
	if ports != 1 {
		t.Errorf("the ports of this computer are in %d rows", ports)
	}
}
