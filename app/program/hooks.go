package program

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"linecard/app"
	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/fault"
)

// What rules tell addresses of calls. It is told at most a few times and forgotten with the program: a call waits for nothing of it.
const (
	mostHooks  = 200              // that wait
	hookSender = 2                // at a time, so that a slow address does not hold up the others altogether
	hookTime   = 10 * time.Second // for one attempt
)

// hookPauses are those before the second attempt and the third.
var hookPauses = []time.Duration{2 * time.Second, 10 * time.Second}

// hook takes a call that an address must be told of. It does not wait.
func (p *Program) hook(h app.HookCall) {
	select {
	case p.hooked <- h:
	default:
		p.hookFailed(h, fault.New("trouble.hooks-crowded", "rule", h.Rule))
	}
}

// callHooks tells addresses until the program ends.
func (p *Program) callHooks() {
	for {
		select {
		case h := <-p.hooked:
			p.callHook(h)
		case <-p.ctx.Done():
			return
		}
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
			p.desk.NoticeAbout(app.AboutHooks, fault.Fault{})
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
	p.desk.NoticeAbout(app.AboutHooks, f)
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
	i := findRule(rules, name)
	switch {
	case i < 0:
		return ruleError("rules.unknown", "name", name)
	case rules[i].Hook == "":
		return ruleError("rules.no-hook", "name", rules[i].Name)
	}
	return p.TestHook(ctx, rules[i].Hook, rules[i].Name)
}
