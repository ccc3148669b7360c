package salesforce

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// An org with rotation invalidates a refresh token at the moment in which it answers an exchange, and does not answer the
// same exchange twice (help.salesforce.com 005316711): whoever dies between that answer and the keyring's write takes the
// link along. Nothing that is on disk before helps, since only the answer has the new token. So the exchange is made by a
// process that does nothing else and lives for some tenths of a second: the end of the app, even by SIGKILL, does not end
// it. What is left is the end of the machine itself in that moment.

// apartJob is what the process that makes an exchange is told, on its standard input.
type apartJob struct {
	Renewal renewal `json:"renewal"`
	Store   string  `json:"store"` // path of the link's description
	Lock    string  `json:"lock"`
}

// apartAnswer is what it says, on its standard output, once everything is kept.
type apartAnswer struct {
	Renewed renewed     `json:"renewed"`
	Error   *apartError `json:"error,omitempty"`
	Sent    []Kind      `json:"sent,omitempty"` // requests that left, for the meter of the app
}

// apartError is a crm.Error as JSON.
type apartError struct {
	Class crm.Class     `json:"class"`
	Code  string        `json:"code,omitempty"`
	Fault fault.Fault   `json:"fault"`
	Retry time.Duration `json:"retry,omitempty"`
	Cause string        `json:"cause,omitempty"`
}

// RenewApart makes the one exchange that a client with [Config.Apart] asks for on in, keeps what the org gives in
// cfg.Secrets and in the link's file, and then tells the client on out. A job that is cut off is not begun.
func RenewApart(ctx context.Context, cfg Config, in io.Reader, out io.Writer) error {
	var job apartJob
	if err := json.NewDecoder(in).Decode(&job); err != nil {
		return fmt.Errorf("read the job: %w", err)
	}
	var sent sentKinds
	cfg.Store, cfg.Lock, cfg.Meter = FileStore(job.Store), job.Lock, &sent
	c := New(cfg)
	defer func() { _ = c.Close() }()
	c.setLink(linkWithTokens{link: job.Renewal.Link, refresh: job.Renewal.Refresh, unsaved: job.Renewal.Unsaved})
	ctx, cancel := context.WithTimeout(ctx, renewTimeout)
	defer cancel()
	var answer apartAnswer
	done, err := c.renewHere(ctx, job.Renewal)
	if err != nil {
		answer.Error = apartErrorOf(err)
	}
	answer.Renewed, answer.Sent = done, sent.all()
	return json.NewEncoder(out).Encode(answer)
}

// renewApart has another process make the exchange. A process that does not start changes nothing; then this one does it.
func (c *Client) renewApart(ctx context.Context, job renewal) (renewed, error) {
	store, ok := c.cfg.Store.(fileStore)
	if !ok {
		return c.renewHere(ctx, job)
	}
	text, err := json.Marshal(apartJob{job, string(store), c.cfg.Lock})
	if err != nil {
		return renewed{}, fmt.Errorf("renew: %w", err)
	}
	cmd := c.cfg.Apart()
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout = bytes.NewReader(text), &said
	outlive(cmd)
	if err := cmd.Start(); err != nil {
		c.cfg.Log.Warn("no process of its own for the renewal", "err", err)
		return c.renewHere(ctx, job)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // it ends by itself, also when nobody waits any more
	select {
	case err = <-ended:
	case <-ctx.Done():
		if !job.Unsaved || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return renewed{}, gaveUp(ctx.Err())
		}
		select { // what it comes to may be in its answer only, so no other exchange is made before it has ended
		case err = <-ended:
		case <-c.ctx.Done():
			return renewed{}, gaveUp(c.ctx.Err())
		}
	}
	var answer apartAnswer
	defer func() { c.countApart(job.Link.OrgID, answer.Sent) }()
	if err == nil {
		err = json.Unmarshal(said.Bytes(), &answer)
	}
	switch {
	case err != nil: // what it has done is on disk: the next try finds it
		return renewed{}, gaveUp(fmt.Errorf("the renewal's process: %w", err))
	case answer.Error != nil:
		return answer.Renewed, answer.Error.err()
	}
	return answer.Renewed, nil
}

func apartErrorOf(err error) *apartError {
	e, ok := asError(err)
	if !ok {
		return &apartError{Class: crm.ClassTransient, Fault: connectionFault(err), Cause: err.Error()}
	}
	told := &apartError{Class: e.Class, Code: e.Code, Fault: e.Fault, Retry: e.Retry}
	if e.Err != nil {
		told.Cause = e.Err.Error()
	}
	return told
}

func (e *apartError) err() *crm.Error {
	return &crm.Error{Class: e.Class, Code: e.Code, Fault: e.Fault, Retry: e.Retry, Err: errors.New(e.Cause)}
}
