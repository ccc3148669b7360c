package media

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/logging"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v5/packetio"

	"linecard/sip/encryption"
	"linecard/sip/sdp"
)

// handshake is one of DTLS-SRTP (RFC 5764): it agrees on the keys of the RTP port or, where reports have a port of their own, of that. Its
// datagrams come and go on that port, between the others.
type handshake struct {
	session *Session
	part    part
	agreed  *sdp.DTLS
	cancel  context.CancelFunc

	patient context.Context // until nobody waits for keys any more
	giveUp  context.CancelFunc

	mu    sync.Mutex
	until *time.Timer    // gives up; nil while there is no hurry
	from  netip.AddrPort // where the peer's datagrams come from; not valid before the first
	named bool           // that is the address that signalling named
	asked string         // what the peer's question was told apart by
	with  netip.AddrPort // whom it was made with; not valid before its end
	turns

	// What follows is guarded by session.securing.
	keys   *sdp.Keys // nil until it is over
	failed error
}

// part is what a handshake is for.
type part int

const (
	forRTP part = iota
	forRTCP
	parts
)

var (
	// ErrFingerprint says that the other side has shown another certificate than the one that was agreed on: somebody may be in between.
	ErrFingerprint = errors.New("media: the other side's certificate has another fingerprint")
	// ErrHandshake says that there were no keys in time, or none that we know.
	ErrHandshake = errors.New("media: no keys were agreed on")
)

const (
	handshakePatience = 20 * time.Second       // for all of it, from the answer on
	flightInterval    = 300 * time.Millisecond // before a flight is sent again; who begins late must not wait long for the next one
	handshakeAgain    = 50 * time.Millisecond  // before another one, for the first time; a datagram of a stranger's can break any
	handshakePause    = 500 * time.Millisecond // at most; the pauses double
	inboundDatagrams  = 64                     // that wait for the handshake; a flight has six
)

// agreeing are the profiles that we take, the preferred one first.
var agreeing = []dtls.SRTPProtectionProfile{
	dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80, dtls.SRTP_AES128_CM_HMAC_SHA1_32, dtls.SRTP_AEAD_AES_256_GCM,
}

// suiteOf is the cipher of a profile: the numbers of both registries are the same.
func suiteOf(profile dtls.SRTPProtectionProfile) (sdp.Suite, bool) {
	for _, s := range []sdp.Suite{sdp.AESGCM128, sdp.AESCM128SHA80, sdp.AESCM128SHA32, sdp.AESGCM256} {
		if profiles[s.Name] == srtp.ProtectionProfile(profile) {
			return s, true
		}
	}
	return sdp.Suite{}, false
}

// isDTLS tells a datagram of a handshake from RTP and STUN on the same port (RFC 7983 §7).
func isDTLS(data []byte) bool { return len(data) > 0 && 20 <= data[0] && data[0] <= 63 }

// newHandshake makes one that has not begun.
func newHandshake(s *Session, of part, agreed *sdp.DTLS) *handshake {
	h := &handshake{session: s, part: of, agreed: agreed, turns: turns{in: newBuffer(), lots: maphash.MakeSeed()}}
	h.patient, h.giveUp = context.WithCancel(context.Background())
	return h
}

// expect has the patience begin, where it has not, or stops it where the peer need not begin yet.
func (h *handshake) expect(keys bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case keys && h.until == nil:
		h.until = time.AfterFunc(h.session.patience, h.giveUp)
	case !keys && h.until != nil:
		h.until.Stop()
		h.until = nil
	}
}

// whole reports whether a datagram begins with a whole record of DTLS 1.x (RFC 6347 §4.1).
func whole(data []byte) bool {
	return len(data) >= 13 && data[1] == 254 && int(data[11])<<8+int(data[12]) <= len(data)-13
}

// The content types of a handshake's records. An alert ends it.
const (
	cipherChange = 20
	alert        = 21
	message      = 22
)

// belongs reports whether a record's content type is one of a handshake. Nothing else comes by it, and anything else in clear breaks it.
func belongs(kind byte) bool { return cipherChange <= kind && kind <= message }

// asks is what a question to begin, a ClientHello in clear, is told apart by: its random octets; "" where it is none.
func asks(data []byte) string {
	const hello, random = 1, 13 + 12 + 2 // behind the headers of record and message, and the version
	if len(data) < random+32 || data[0] != message || data[3] != 0 || data[4] != 0 || data[13] != hello {
		return ""
	}
	return string(data[random : random+32])
}

// beginsAgain reports whether a datagram is the peer's and asks to begin once more. Behind a NAT the peer has another address than the named one:
// that which the handshake was made with.
func (h *handshake) beginsAgain(data []byte, src netip.AddrPort) bool {
	question := asks(data)
	named, _ := h.whose(src)
	h.mu.Lock()
	defer h.mu.Unlock()
	return question != "" && question != h.asked && (named || src == h.with)
}

// made notes whom a handshake was made with. It is false where the turn has gone to another one meanwhile.
func (h *handshake) made(in *packetio.Buffer) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.in != in {
		return false
	}
	h.with, h.waiting = h.from, nil
	return true
}

// byName reports whether a handshake is that of the address that signalling named.
func (h *handshake) byName(in *packetio.Buffer) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.named && h.in == in
}

// whose tells of an address whether it is the one that signalling named, and whether it can be the peer's at all.
func (h *handshake) whose(src netip.AddrPort) (named, possible bool) {
	named, possible = h.session.recv.nameable(src)
	if h.part == forRTCP {
		return h.session.report.nameable(src, possible)
	}
	return named, possible
}

// take is a datagram of a handshake. Those of others than the peer, as far as that can be told by their address, are dropped: they could
// break it. Once the address that signalling named has spoken, no other does; and no other ends the handshake, ever. Once it is made, only whom it was
// made with and the named one are heard.
func (h *handshake) take(data []byte, src netip.AddrPort) {
	named, possible := h.whose(src)
	h.mu.Lock()
	defer h.mu.Unlock()
	fits := whole(data) && belongs(data[0]) && (named || possible && !h.named && data[0] != alert && (!h.with.IsValid() || src == h.with))
	if !fits || !h.agreed.Client && !h.with.IsValid() && src != h.from && !h.mayTake(data, src, named) {
		return
	}
	if src == h.from && !h.with.IsValid() {
		h.spoke(data)
	}
	h.from, h.named = src, named
	if question := asks(data); question != "" {
		h.asked = question
	}
	_, _ = h.in.Write(data, nil) // a full one drops it, and it is sent again
}

// run makes the handshake, and answers afterwards for as long as the other side may not have our last flight.
func (h *handshake) run(ctx context.Context) {
	defer h.endTurns()
	defer h.giveUp()
	conn, keys, err := h.attempts(ctx)
	h.expect(false)
	h.session.shaken(h, keys, err)
	if err != nil {
		return
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // says goodbye
	defer stop()
	buf := make([]byte, 2048)
	for {
		// Nothing is to come but what repeats the handshake. The call does not end with it: that is for SIP to say.
		if _, err := conn.Read(buf); err != nil && (errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || ctx.Err() != nil) {
			_ = conn.Close()
			return
		}
	}
}

func (h *handshake) attempts(ctx context.Context) (conn *dtls.Conn, keys *sdp.Keys, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(h.patient, cancel)()
	for pause := handshakeAgain; ; pause = min(2*pause, handshakePause) {
		turn, in := h.turn(ctx)
		conn, keys, err = h.attempt(turn, in)
		if err == nil || errors.Is(err, ErrFingerprint) || ctx.Err() != nil {
			return conn, keys, err
		}
		if h.turned(in) {
			pause = turnPause // and the next one begins with the shortest
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, nil, err
		}
	}
}

// vouched holds that a certificate is the peer's. The library asks it in a goroutine of its own, where a panic would end the phone.
func (h *handshake) vouched(certificates [][]byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrHandshake, p)
		}
	}()
	if len(certificates) == 0 || !h.agreed.Vouches(certificates[0]) {
		return ErrFingerprint
	}
	return nil
}

// attempt is one handshake. What our side of it panics with is its failure; the library's own goroutines are out of reach.
func (h *handshake) attempt(ctx context.Context, in *packetio.Buffer) (conn *dtls.Conn, keys *sdp.Keys, err error) {
	wrong := false
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", ErrHandshake, p)
		}
		if err != nil && conn != nil {
			_ = conn.Close()
		}
		switch {
		case err != nil && wrong && h.byName(in):
			err = ErrFingerprint
		case err != nil && wrong: // anybody can show a certificate from elsewhere: that must not end the call
			err = fmt.Errorf("%w: another certificate, from an address that was not named", ErrHandshake)
		case err != nil && !errors.Is(err, ErrHandshake):
			err = fmt.Errorf("%w: %w", ErrHandshake, err)
		}
	}()
	// The chain is of no interest: the certificate is the peer's because its fingerprint is the one that signalling named.
	verify := func(certificates [][]byte, _ [][]*x509.Certificate) error {
		err := h.vouched(certificates)
		wrong = wrong || errors.Is(err, ErrFingerprint)
		if err == nil {
			h.proven(in)
		}
		return err
	}
	options := []dtls.Option{
		dtls.WithCertificates(h.session.certificate.tls), dtls.WithInsecureSkipVerify(true), dtls.WithVerifyPeerCertificate(verify),
		dtls.WithSRTPProtectionProfiles(agreeing...), dtls.WithExtendedMasterSecret(dtls.RequestExtendedMasterSecret),
		dtls.WithFlightInterval(flightInterval), dtls.WithDisableRetransmitBackoff(true), dtls.WithLoggerFactory(unlogged),
	}
	if h.agreed.Client {
		// It is shown whatever authorities the server names: Linphone names its own certificate, and takes ours by the fingerprint.
		own := func(*dtls.CertificateRequestInfo) (*tls.Certificate, error) { return &h.session.certificate.tls, nil }
		o := []dtls.ClientOption{dtls.WithGetClientCertificate(own)}
		for _, each := range options {
			o = append(o, each)
		}
		conn, err = dtls.ClientWithOptions(wire{h, in}, nowhere, o...)
	} else {
		// No cookie: the address is the peer's, as far as signalling says, and each round trip is silence at the start of a call.
		o := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert), dtls.WithInsecureSkipVerifyHello(true)}
		for _, each := range options {
			o = append(o, each)
		}
		conn, err = dtls.ServerWithOptions(wire{h, in}, nowhere, o...)
	}
	if err != nil {
		return nil, nil, err
	}
	if err = conn.HandshakeContext(ctx); err != nil {
		return conn, nil, err
	}
	if keys, err = h.exported(conn); err == nil && !h.made(in) {
		err = ErrHandshake
	}
	return conn, keys, err
}

// exported are the keys that a handshake has come to (RFC 5764 §4.2).
func (h *handshake) exported(conn *dtls.Conn) (*sdp.Keys, error) {
	state, ok := conn.ConnectionState()
	if !ok || len(state.PeerCertificates) == 0 || !h.agreed.Vouches(state.PeerCertificates[0]) {
		return nil, ErrHandshake
	}
	profile, ok := conn.SelectedSRTPProtectionProfile()
	suite, known := suiteOf(profile)
	if !ok || !known {
		return nil, fmt.Errorf("%w: profile %d", ErrHandshake, profile)
	}
	c := srtp.Config{Profile: profiles[suite.Name]}
	if err := c.ExtractSessionKeysFromDTLS(&state, h.agreed.Client); err != nil {
		return nil, err
	}
	return &sdp.Keys{
		Suite: suite, By: encryption.DTLS, Ours: sdp.NewMasterKey(c.Keys.LocalMasterKey, c.Keys.LocalMasterSalt),
		Theirs: []sdp.MasterKey{sdp.NewMasterKey(c.Keys.RemoteMasterKey, c.Keys.RemoteMasterSalt)},
	}, nil
}

// unlogged takes what the library would write to the program's own output.
var unlogged = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}

// nowhere is the peer's address as the library knows it; where datagrams go is decided for each.
var nowhere = &net.UDPAddr{IP: net.IPv4zero}

// wire is the share of a port that one turn of a handshake has.
type wire struct {
	h  *handshake
	in *packetio.Buffer
}

func (w wire) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := w.in.Read(b, nil)
	return n, nowhere, err
}

// WriteTo sends to where signalling says. Who waits to be asked answers to where the question came from.
func (w wire) WriteTo(b []byte, _ net.Addr) (int, error) {
	h, s := w.h, w.h.session
	h.mu.Lock()
	dst, over := h.from, h.in != w.in
	h.mu.Unlock()
	if over { // it is somebody else's turn
		return len(b), nil
	}
	socket := s.socket.Load()
	conn := socket.rtp
	if h.part == forRTCP {
		conn = socket.rtcp
	}
	switch {
	case !h.agreed.Client && dst.IsValid():
	case h.part == forRTCP:
		dst = s.report.address()
	default:
		dst = s.recv.target()
	}
	if !dst.IsValid() || dst.Port() == 0 || dst.Addr().IsUnspecified() {
		return len(b), nil // on hold in the old way; it is sent again
	}
	// What is not taken is as lost as any datagram.
	if err := writeWithin(conn, b, dst, time.Now()); err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		s.log.Debug("media: handshake not sent", "err", err)
	}
	return len(b), nil
}

func (w wire) Close() error                       { return nil } // the next attempt reads on
func (w wire) LocalAddr() net.Addr                { return nowhere }
func (w wire) SetDeadline(t time.Time) error      { return w.in.SetReadDeadline(t) }
func (w wire) SetReadDeadline(t time.Time) error  { return w.in.SetReadDeadline(t) }
func (w wire) SetWriteDeadline(_ time.Time) error { return nil }
