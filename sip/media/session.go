package media

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"linecard/sip/sdp"
)

// Session is the media of one call. All methods may be called from any goroutine.
type Session struct {
	socket atomic.Pointer[Socket]
	send   *sender
	recv   *receiver
	report *reporter
	remote netip.AddrPort // as named last; aiming guards it
	aiming sync.Mutex     // held while send is told what recv has learned, so that the latest is told last
	onDTMF func(string)
	now    func() time.Time // of the audio clock
	log    *slog.Logger

	moving sync.Mutex // held while socket is changed
	closed bool

	certificate *Certificate
	onSecured   func(kind string, err error)
	patience    time.Duration // with handshakes
	securing    sync.Mutex
	secured     securing
	shaking     [parts]atomic.Pointer[handshake] // those that datagrams are for
	running     sync.WaitGroup                   // handshakes
	search      atomic.Pointer[search]           // for the way; nil where there is none
	seeking     sync.Mutex                       // held while another one begins
	sought      bool                             // the session is closed: none begins any more
	onWay       func(found bool)

	stop    chan struct{}
	stopped sync.Once
	done    sync.WaitGroup
}

// ErrCodec says that the agreed codec is not one of [Codecs].
var ErrCodec = errors.New("media: no such codec")

// NewSession begins to receive on socket, and to send: the first packet has left when it returns, the others follow as
// [Session.WriteMicrophone] is called. Where there has to be a handshake first, all of that waits for it. The session owns the socket from here on, also when an error is returned.
func NewSession(socket *Socket, p Params, o Options) (*Session, error) {
	if o.Jitter == nil {
		o.Jitter = func(rate, clock int) JitterBuffer { return NewAdaptive(rate, clock) }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.now == nil {
		o.now = time.Now
	}
	if o.patience == 0 {
		o.patience = handshakePatience
	}
	s := &Session{
		now: o.now, send: newSender(socket.rtp), recv: newReceiver(o.Jitter), onDTMF: o.OnDTMF,
		certificate: o.Certificate, onSecured: o.OnSecured, onWay: o.OnWay, patience: o.patience,
		log: o.Log, stop: make(chan struct{}),
	}
	s.socket.Store(socket)
	socket.settle()
	s.report = newReporter(s, o)
	if err := s.Update(p); err != nil {
		_ = socket.Close()
		return nil, err
	}
	s.send.first()
	s.done.Go(s.receiveRTP)
	s.done.Go(s.report.receive)
	s.done.Go(s.report.run)
	return s, nil
}

// Update takes what a new offer and answer agreed, or a hold. The stream goes on: same source, same numbering.
func (s *Session) Update(p Params) error {
	c, ok := newCodec(p.Send.Codec)
	if !ok {
		return fmt.Errorf("%w: %s/%d", ErrCodec, p.Send.Name, p.Send.ClockRate)
	}
	if !p.Remote.IsValid() {
		p.Remote, _ = p.Addr()
	}
	if !p.RemoteRTCP.IsValid() {
		p.RemoteRTCP, _ = p.RTCPAddr()
	}
	begin, err := s.secure(p)
	if err != nil {
		return err
	}
	s.nowhere(&p)
	s.seek(p.ICE)
	s.recv.set(p)
	s.send.set(p, c)
	s.aim()
	s.report.set(p)
	begin()
	return nil
}

// encrypt changes what packets are encrypted with, to nothing where k is nil.
func (s *Session) encrypt(k *sdp.Keys) error {
	return errors.Join(s.recv.decrypt(k), s.send.encrypt(k), s.report.encrypt(k))
}

// nowhere leaves the peer where it was when it names 0.0.0.0, as a hold does in the old way: nothing is sent there (RFC 3264
// §8.4), and a packet to that address would come to this machine.
func (s *Session) nowhere(p *Params) {
	s.aiming.Lock()
	defer s.aiming.Unlock()
	if p.Remote.Addr().IsUnspecified() && s.remote.IsValid() {
		p.Remote = s.remote
	}
	if p.RemoteRTCP.Addr().IsUnspecified() {
		p.RemoteRTCP = netip.AddrPort{}
	}
	s.remote = p.Remote
}

// aim sends to where the peer is now.
func (s *Session) aim() {
	s.aiming.Lock()
	defer s.aiming.Unlock()
	s.send.aim(s.recv.target())
}

// WriteMicrophone takes the next 10 ms to send: [BlockSize] samples. The audio clock calls it; the packets leave in its rhythm.
func (s *Session) WriteMicrophone(pcm []int16) {
	now := s.now()
	for len(pcm) >= BlockSize {
		s.send.block(pcm[:BlockSize], now)
		pcm = pcm[BlockSize:]
	}
}

// ReadSpeaker fills pcm with the next 10 ms to play, [BlockSize] samples; silence when there is nothing.
func (s *Session) ReadSpeaker(pcm []int16) {
	for len(pcm) >= BlockSize {
		s.recv.block(pcm[:BlockSize])
		pcm = pcm[BlockSize:]
	}
	clear(pcm)
}

// Mute sends silence in place of the microphone until it is called with false. Packets go on.
func (s *Session) Mute(on bool) { s.send.mute(on) }

// Music is what the other side hears while the call is held by us, once it is answered: nil is silence. In each call it goes on where the last
// hold stopped it.
func (s *Session) Music(m *Music) { s.send.music(m) }

// SendDTMF queues keys to be pressed one after the other, 160 ms each: 0-9, *, #, A-D. It does not wait: done is called with "" when all
// have gone, or with those that have not, when a hold or the other side has stopped what we send. It must not wait either, nor call the
// session; it is not called once the session is closed. Errors are [ErrNoDTMF], upon which SIP INFO is the way, [ErrNoKey], [ErrTooMany]
// and [ErrNoSender].
func (s *Session) SendDTMF(digits string, done func(left string)) error {
	return s.press(digits, false, done)
}

// SendTones is SendDTMF with the tones of a telephone in the sound, at the same pace. In the place of [ErrNoDTMF] there is [ErrNoTones],
// where the codec is not G.711.
func (s *Session) SendTones(digits string, done func(left string)) error {
	return s.press(digits, true, done)
}

func (s *Session) press(digits string, tones bool, done func(left string)) error {
	codes, err := parseKeys(digits)
	if err != nil {
		return err
	}
	return s.send.keysDown(codes, tones, done)
}

// Socket is the pair of ports, for its addresses; the session owns it.
func (s *Session) Socket() *Socket { return s.socket.Load() }

// Heard is when the last packet of the peer came, zero when none has.
func (s *Session) Heard() time.Time {
	s.recv.mu.Lock()
	defer s.recv.mu.Unlock()
	return s.recv.latch.heard
}

// Stats is what was counted so far. It may be asked after Close.
func (s *Session) Stats() Stats {
	st := s.recv.stats()
	sent, _, _, dst := s.send.counts(time.Now())
	st.PacketsSent, st.BytesSent, st.PacketsDropped, st.Remote = sent.packets, sent.bytes, sent.failed, dst
	s.report.stats(&st, s.now())
	return st
}

// Close says goodbye over RTCP, frees the ports and waits for the session's goroutines. Blocks written and read afterwards
// are silence. It must not be called from OnDTMF.
func (s *Session) Close() error {
	var err error
	s.stopped.Do(func() {
		close(s.stop)
		s.send.close()
		s.recv.close()
		s.report.goodbye()
		s.endShakes()
		s.endSearch()
		s.moving.Lock()
		defer s.moving.Unlock()
		s.closed = true
		err = s.socket.Load().Close()
	})
	s.done.Wait()
	return err
}

// receiveRTP reads the RTP port until it is closed.
func (s *Session) receiveRTP() {
	buf := make([]byte, 2048)
	for {
		socket := s.socket.Load()
		n, src, err := socket.rtp.ReadFromUDPAddrPort(buf)
		if err != nil {
			if s.ended(socket, err) {
				return
			}
			continue
		}
		src = unmapped(src)
		if s.stuns(forRTP, buf[:n], src) || s.shakes(forRTP, buf[:n], src) {
			continue
		}
		now := time.Now()
		if s.report.muxed(buf[:n]) {
			s.report.take(buf[:n], src, now)
			continue
		}
		key := s.recv.take(buf[:n], src, now)
		s.aim()
		if key != "" && s.onDTMF != nil {
			s.onDTMF(key)
		}
	}
}

// ended tells whether reading is over. Other errors are the network's (an interface is going down) and may pass; they are
// given a packet's time, so that one that stays does not take a processor with it.
func (s *Session) ended(socket *Socket, err error) bool {
	if errors.Is(err, net.ErrClosed) {
		return socket == s.socket.Load() // the session has moved to another one
	}
	s.log.Debug("media: read", "err", err)
	pause := time.NewTimer(2 * blockTime)
	defer pause.Stop()
	select {
	case <-s.stop:
		return true
	case <-pause.C:
		return false
	}
}
