package demoorg

import (
	"encoding/json"
	"net/http"
	"time"
)

// Control returns the HTTP interface of the org for tests in other processes and languages: JSON under /__standin/.
// Serve it on a separate listener: it requires no token.
//
//	GET    /__standin/state      org id, users, usage, approvals
//	GET    /__standin/people     who can call
//	GET    /__standin/tasks      the tasks; ?callObject= for those of one call
//	GET    /__standin/requests   what the org was asked
//	GET    /__standin/rules      the admin's rules; PUT sets them
//	POST   /__standin/faults     a Fault; delay in nanoseconds or as "1.5s"; DELETE clears all
//	POST   /__standin/commit     what commits late commits now; answers {"committed": 1}
//	POST   /__standin/down       {"down": true}
//	POST   /__standin/clock      {"advance": "31m"}
//	POST   /__standin/sessions/expire, /__standin/grants/revoke
//	POST   /__standin/users      {"username": "…", "active": false}
//	POST   /__standin/statuses   [{"name": "Erledigt", "closed": true}]: the values of Task.Status
//	POST   /__standin/index      {"lag": "2m"}: how long a change takes until SOSL finds it
//	POST   /__standin/merge      {"survivor": "003…", "loser": "003…"}
//	POST   /__standin/convert    {"lead": "00Q…"} answers {"contact": "003…"}
//	POST   /__standin/delete     {"id": "003…"}
//	POST   /__standin/usage      {"add": 14990}
//	POST   /__standin/token      an access token, without a login; ?username= for another user than the first
func (o *Org) Control() http.Handler {
	mux := http.NewServeMux()
	const root = "/__standin/"
	answer := func(pattern string, f func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			v, err := f(r)
			if err != nil {
				writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
				return
			}
			if v == nil {
				v = struct{}{}
			}
			writeJSON(w, http.StatusOK, v)
		})
	}
	answer("GET "+root+"state", func(*http.Request) (any, error) { return o.state(), nil })
	answer("GET "+root+"people", func(*http.Request) (any, error) { return o.People(), nil })
	answer("GET "+root+"tasks", func(r *http.Request) (any, error) {
		if id := r.FormValue("callObject"); id != "" {
			return o.TasksFor(id), nil
		}
		return o.Tasks(), nil
	})
	answer("GET "+root+"requests", func(*http.Request) (any, error) { return o.Requests(), nil })
	answer("GET "+root+"rules", func(*http.Request) (any, error) { return o.Rules(), nil })
	answer("PUT "+root+"rules", command(func(in Rules) error { o.SetRules(func(r *Rules) { *r = in }); return nil }))
	answer("POST "+root+"faults", command(func(in faultOrder) error { o.Inject(in.fault()); return nil }))
	answer("DELETE "+root+"faults", func(*http.Request) (any, error) { o.ClearFaults(); return nil, nil })
	answer("POST "+root+"commit", func(*http.Request) (any, error) { return map[string]int{"committed": o.Commit()}, nil })
	answer("POST "+root+"down", command(func(in struct{ Down bool }) error { o.SetDown(in.Down); return nil }))
	answer("POST "+root+"clock", command(func(in struct{ Advance pauseText }) error { o.Advance(time.Duration(in.Advance)); return nil }))
	answer("POST "+root+"sessions/expire", func(*http.Request) (any, error) { o.ExpireSessions(); return nil, nil })
	answer("POST "+root+"grants/revoke", func(*http.Request) (any, error) { o.RevokeGrants(); return nil, nil })
	answer("POST "+root+"users", command(func(in struct {
		Username string
		Active   bool
	},
	) error {
		return o.SetActive(in.Username, in.Active)
	}))
	answer("POST "+root+"statuses", command(func(in []TaskStatus) error { o.SetTaskStatuses(in...); return nil }))
	answer("POST "+root+"index", command(func(in struct{ Lag pauseText }) error { o.SetIndexLag(time.Duration(in.Lag)); return nil }))
	answer("POST "+root+"merge", command(func(in struct{ Survivor, Loser string }) error { return o.Merge(in.Survivor, in.Loser) }))
	answer("POST "+root+"delete", command(func(in struct{ ID string }) error { return o.Delete(in.ID) }))
	answer("POST "+root+"convert", func(r *http.Request) (any, error) {
		var in struct{ Lead string }
		if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(&in); err != nil {
			return nil, err
		}
		contact, err := o.ConvertLead(in.Lead)
		return map[string]string{"contact": contact}, err
	})
	answer("POST "+root+"usage", command(func(in struct{ Add int }) error { o.UseUp(in.Add); return nil }))
	answer("POST "+root+"token", func(r *http.Request) (any, error) {
		return map[string]string{"access_token": o.TokenOf(r.FormValue("username"))}, nil
	})
	return mux
}

// command reads the body into T before it acts.
func command[T any](act func(T) error) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var in T
		if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(&in); err != nil {
			return nil, err
		}
		return nil, act(in)
	}
}

// pauseText is a duration in JSON: nanoseconds, or text such as "1.5s".
type pauseText time.Duration

func (p *pauseText) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		d, err := time.ParseDuration(s)
		*p = pauseText(d)
		return err
	}
	return json.Unmarshal(b, (*int64)(p))
}

// faultOrder is a Fault whose delay may be text.
type faultOrder struct {
	Fault
	Delay pauseText `json:"delay"`
}

func (f faultOrder) fault() Fault {
	f.Fault.Delay = time.Duration(f.Delay)
	return f.Fault
}

// Rules returns the admin's current rules.
func (o *Org) Rules() Rules {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.rules
}

func (o *Org) state() any {
	used, limit := o.Usage()
	o.mu.Lock()
	defer o.mu.Unlock()
	return ordered{
		{"orgId", o.orgID},
		{"name", o.cfg.Name},
		{"clientId", o.cfg.ClientID},
		{"redirects", o.cfg.Redirects},
		{"now", o.now()},
		{"used", used},
		{"limit", limit},
		{"approvals", len(o.oauth.grants)},
		{"faults", len(o.faults)},
		{"atWork", len(o.late)},
		{"down", o.down},
		{"users", o.usernames()},
	}
}
