package program

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"linecard/app"
	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/crm"
	"linecard/fault"
)

// What rules tell addresses of calls. It is told at most a few times and forgotten with the program: a call waits for nothing of it.

// hookTime bounds one attempt.
const hookTime = 10 * time.Second

// hookPauses are those before the second attempt and the third.
var hookPauses = []time.Duration{2 * time.Second, 10 * time.Second}

// hook takes a call that an address must be told of. It does not wait.
func (p *Program) hook(h app.HookCall) {
	if p.hooks.Put(h, func() { p.work.Go(func() { p.callHooks(h.URL) }) }) {
		p.hookFailed(h, fault.New("trouble.hooks-crowded", "rule", h.Rule))
	}
}

// hookStands tells the agent how it went with an address.
func (p *Program) hookStands(url string, why fault.Fault) {
	rules := p.set.Get().Rules
	named := func(url string) bool {
		return slices.ContainsFunc(rules, func(r crm.Rule) bool { return r.Hook == url })
	}
	if notice, changes := p.hooks.Stands(url, why, named); changes {
		p.desk.NoticeAbout(app.AboutHooks, notice)
	}
}

// callHooks tells an address what waits for it.
func (p *Program) callHooks(url string) {
	for p.ctx.Err() == nil {
		h, ok := p.hooks.Take(url)
		if !ok {
			return
		}
		p.callHook(h)
	}
}

// callHook tells one address, again where it may help.
func (p *Program) callHook(h app.HookCall) {
	for attempt := 0; ; attempt++ {
		lasting, err := p.postHook(p.ctx, h)
		switch {
		case p.ctx.Err() != nil:
			return
		case err == nil:
			p.hookStands(h.URL, fault.Fault{})
			return
		case lasting || attempt == len(hookPauses):
			p.log.Warn("a hook was not told of a call", "call", h.Call, "event", h.Event, "err", errors.Unwrap(err))
			p.hookFailed(h, fault.Of(err))
			return
		}
		select {
		case <-time.After(hookPauses[attempt]):
		case <-p.ctx.Done():
			return
		}
	}
}

func (p *Program) hookFailed(h app.HookCall, f fault.Fault) {
	p.troubles.log.Note(errorlog.Notice, h.Org, h.Account, f)
	p.hookStands(h.URL, f)
}

// postHook makes one attempt. lasting tells that another would come to the same.
func (p *Program) postHook(ctx context.Context, h app.HookCall) (lasting bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, hookTime)
	defer cancel()
	body, err := json.Marshal(h.HookDoc)
	if err != nil {
		return true, err
	}
	secret, err := p.webhookSecret(ctx)
	if err != nil {
		return false, fault.Err(err, "trouble.webhook-no-secret")
	}
	status, err := alert.Post(ctx, nil, h.URL, secret, body)
	switch {
	case err != nil:
		return false, fault.Err(err, "trouble.hook-unreachable", "rule", h.Rule)
	case status < 200 || status > 299:
		again := status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout
		return !again, fault.Err(nil, "trouble.hook-refused", "rule", h.Rule, "status", status)
	}
	return false, nil
}

// TestHook tells an address of a call that never was, once.
func (p *Program) TestHook(ctx context.Context, address, rule string) error {
	_, err := p.postHook(ctx, app.HookCall{URL: address, HookDoc: app.TestHook(rule, time.Now())})
	return err
}

// TestRuleHook is TestHook with the address of a rule, which is named as a person names it.
func (p *Program) TestRuleHook(ctx context.Context, name string) error {
	rules := p.set.Get().Rules
	i := FindRule(rules, name)
	switch {
	case i < 0:
		return ruleError("rules.unknown", "name", name)
	case rules[i].Hook == "":
		return ruleError("rules.no-hook", "name", rules[i].Name)
	}
	return p.TestHook(ctx, rules[i].Hook, rules[i].Name)
}
