package demopbx

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Caller is somebody who calls an extension.
type Caller struct {
	Name     string // display name; hostile ones are sent as they are, escaped
	Number   string // presented as it is: E.164, national, an extension
	Privacy  bool   // the number is withheld
	Diverted string // the call was sent on by this number
	To       string // the extension, or the queue's number

	Voice       []byte        // PCMU at 8 kHz, looped; nil means Config.Voice
	TalkFor     time.Duration // hangs up after talking this long; 0 means not
	GiveUpAfter time.Duration // stops ringing after this long; 0 means 30 s

	// AnsweredElsewhere makes the end of GiveUpAfter look as if another phone had taken the call (RFC 3326 Reason).
	AnsweredElsewhere bool

	// HandsOn, when set, is whom the caller joins with the phone a Config.Step after the answer, as a colleague does by an
	// attended transfer: the call goes on with that person, whose identity an UPDATE tells.
	HandsOn *Person

	// OnRing and OnAnswer, when set, are called once: as the phone rings, at the latest when it answers, and as it has
	// answered, before any audio.
	OnRing   func()
	OnAnswer func()

	// OnKey, when set, is called with every key the phone sends, at once; it must not block.
	OnKey func(key string)
}

// Outcome is how a caller's call went.
type Outcome string

// The outcomes.
const (
	Answered  Outcome = "answered"
	Declined  Outcome = "declined"  // 603
	Busy      Outcome = "busy"      // 486
	NoAnswer  Outcome = "no answer" // 480, 408
	Cancelled Outcome = "cancelled" // the caller gave up, or ctx ended
	Failed    Outcome = "failed"    // anything else
)

// Result is what a caller saw of a call.
type Result struct {
	Outcome     Outcome
	Code        int // final SIP status of the phone
	Started     time.Time
	Answered    time.Time // zero when it was not
	Ended       time.Time
	PhoneHungUp bool   // the phone ended an answered call; false: the caller did
	Sent        int    // RTP packets to the phone
	Received    int    // and from it
	Digits      string // keys the phone sent (RFC 4733)
	Holds       int    // how often the phone put the caller on hold
	Transferred string // where the phone sent the caller, when that worked
}

// ErrNotRegistered says that no phone is registered for the number called.
var ErrNotRegistered = errors.New("no phone is registered for the number called")

// Call places a call and returns when it is over. While it lasts the caller talks, follows the phone's hold and resume,
// and goes where a blind transfer sends it. The end of ctx hangs up (or gives up, while it rings).
func (p *PBX) Call(ctx context.Context, c Caller) (Result, error) {
	if !p.begin() {
		return Result{}, ErrClosed
	}
	defer p.work.Done()
	result := Result{Started: time.Now()}

	targets := p.reg.bindings(c.To, result.Started)
	if c.To == p.cfg.Queue {
		targets = p.members("")
	}
	if len(targets) == 0 {
		result.Ended = time.Now()
		result.Outcome, result.Code = Failed, 480
		return result, fmt.Errorf("call %s: %w", c.To, ErrNotRegistered)
	}

	d, code := p.ringFor(ctx, c, targets)
	result.Code = code
	if d == nil {
		result.Ended = time.Now()
		result.Outcome = outcomeOf(code)
		return result, nil
	}
	result.Outcome, result.Answered = Answered, time.Now()
	p.talk(ctx, c, d, &result)
	result.Ended = time.Now()
	return result, nil
}

// ringFor rings the targets for as long as the caller's patience lasts.
func (p *PBX) ringFor(ctx context.Context, c Caller, targets []binding) (*dialog, int) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(p.ctx, func() { cancel(errGaveUp) })()
	why := errGaveUp
	if c.AnsweredElsewhere {
		why = errElsewhere
	}
	patience := c.GiveUpAfter
	if patience == 0 {
		patience = 30 * time.Second
	}
	defer time.AfterFunc(patience, func() { cancel(why) }).Stop()
	return p.ring(ctx, targets, c.To, identity{c.Name, c.Number, c.Privacy, c.Diverted}, c.OnRing)
}

// talk lasts until one side hangs up, over the transfers on the way.
func (p *PBX) talk(ctx context.Context, c Caller, d *dialog, result *Result) {
	voice := c.Voice
	if len(voice) == 0 {
		voice = p.cfg.Voice
	}
	moved := make(chan *dialog, 1)
	join := func(d *dialog) {
		d.mu.Lock()
		d.transfer = func(target string) transferResult { return p.follow(c, d, target, moved) }
		d.mu.Unlock()
		d.audio.play(loop(voice))
		d.audio.listen(c.OnKey)
	}
	if c.OnAnswer != nil {
		c.OnAnswer()
	}
	join(d)
	if c.HandsOn != nil {
		p.work.Go(func() { p.handOn(d, *c.HandsOn) })
	}
	var end <-chan time.Time
	if c.TalkFor > 0 {
		timer := time.NewTimer(c.TalkFor)
		defer timer.Stop()
		end = timer.C
	}
	for {
		var next *dialog
		select {
		case next = <-moved:
		case <-end:
			d.bye()
		case <-ctx.Done():
			d.bye()
		case <-d.ctx.Done():
			d.bye() // a no-op when the phone hung up; a goodbye when the PBX closes
			next = d.awaitTransfer(moved)
		}
		result.add(d)
		if next == nil {
			if late := d.awaitTransfer(moved); late != nil { // hung up here while the transfer was under way
				late.bye()
			}
			return
		}
		old := d
		p.work.Go(func() { old.pause(byeGrace); old.bye() })
		d = next
		join(d)
	}
}

// add counts what a leg of the call saw; the last one says who hung up.
func (r *Result) add(d *dialog) {
	sent, received, digits := d.audio.counts()
	d.mu.Lock()
	defer d.mu.Unlock()
	r.Sent += sent
	r.Received += received
	r.Digits += digits
	r.Holds += d.holds
	r.PhoneHungUp = d.overBy == phoneSide
	if d.moved != "" {
		r.Transferred = d.moved
	}
}

// awaitTransfer is for a phone that hangs up right after its REFER: the caller is still on the way to the target.
func (d *dialog) awaitTransfer(moved <-chan *dialog) *dialog {
	d.mu.Lock()
	transferring := d.transferring
	d.mu.Unlock()
	if transferring != nil {
		<-transferring
	}
	select {
	case next := <-moved:
		return next
	default:
		return nil
	}
}

func outcomeOf(code int) Outcome {
	switch code {
	case 200:
		return Answered
	case 486, 600:
		return Busy
	case 603:
		return Declined
	case 480, 408:
		return NoAnswer
	case 487:
		return Cancelled
	}
	return Failed
}
