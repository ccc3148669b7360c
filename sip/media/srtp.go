package media

import (
	"fmt"
	"slices"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"linecard/sip/sdp"
)

// SRTP (RFC 3711). A sealer encrypts what goes out, an opener decrypts what comes in and refuses what was not made with the key; both
// belong to whoever reads or writes the packets, so that neither has a lock. Each holds RTP or SRTCP alone: the two number their packets apart.

// sealed is by how much a packet grows at most: a tag of 16 octets, and the index of SRTCP.
const sealed = 16 + 4

// replayWindow is how far packets may be out of order (RFC 3711 §3.3.2 wants 64 at least).
const replayWindow = 1024

// profiles are pion's names of the suites.
var profiles = map[string]srtp.ProtectionProfile{
	sdp.AESCM128SHA80.Name: srtp.ProtectionProfileAes128CmHmacSha1_80,
	sdp.AESCM128SHA32.Name: srtp.ProtectionProfileAes128CmHmacSha1_32,
	sdp.AESCM256SHA80.Name: srtp.ProtectionProfileAes256CmHmacSha1_80,
	sdp.AESCM256SHA32.Name: srtp.ProtectionProfileAes256CmHmacSha1_32,
	sdp.AESGCM128.Name:     srtp.ProtectionProfileAeadAes128Gcm,
	sdp.AESGCM256.Name:     srtp.ProtectionProfileAeadAes256Gcm,
}

// newContext is what encrypts or decrypts with keys: one, or several that packets name.
func newContext(suite sdp.Suite, keys []sdp.MasterKey, more ...srtp.ContextOption) (*srtp.Context, error) {
	profile, ok := profiles[suite.Name]
	if !ok {
		return nil, fmt.Errorf("media: no such cipher: %s", suite.Name)
	}
	if keys[0].MKI != "" {
		more = append(more, srtp.MasterKeyIndicator([]byte(keys[0].MKI)))
	}
	key, salt := keys[0].Split(suite)
	c, err := srtp.CreateContext(key, salt, profile, more...)
	if err != nil {
		return nil, fmt.Errorf("media: cipher %s: %w", suite.Name, err)
	}
	for _, k := range keys[1:] {
		key, salt := k.Split(suite)
		if err := c.AddCipherForMKI([]byte(k.MKI), key, salt); err != nil {
			return nil, fmt.Errorf("media: cipher %s: %w", suite.Name, err)
		}
	}
	return c, nil
}

// shut stands for keys that are not there yet: nothing goes out and nothing comes in.
var shut = &sdp.Keys{}

// sealer encrypts with our key. nil leaves packets as they are.
type sealer struct {
	keys    *sdp.Keys
	context *srtp.Context
	back    bool       // taken up again, and has sent nothing since
	head    rtp.Header // of the last packet
	buffer  [maxPayload + 100 + sealed]byte
}

// newSealer begins to count its packets. What may have used the key before takes it from its sealers.
func newSealer(k *sdp.Keys) (*sealer, error) {
	if k == nil {
		return nil, nil
	}
	context, err := newContext(k.Suite, []sdp.MasterKey{k.Ours})
	return &sealer{keys: k, context: context}, err
}

// mostSealers is how many keys of our own are remembered. A session description can bring back those of the last agreement and of the
// last offer only, of which there are fewer.
const mostSealers = 16

// sealers are those of one sender, the present one last. A key that comes back, after another one or after sound in clear, goes on with its
// count of packets, since no two may be encrypted alike (RFC 3711 §9.1).
type sealers []*sealer

// take is the sealer of our key from now on.
func (s *sealers) take(k *sdp.Keys) (*sealer, error) {
	switch k {
	case nil:
		return nil, nil
	case shut:
		return &sealer{keys: shut}, nil
	}
	i := slices.IndexFunc(*s, func(o *sealer) bool { return o.keys.Suite == k.Suite && o.keys.Ours == k.Ours })
	if i >= 0 {
		seal := (*s)[i]
		*s = append(slices.Delete(*s, i, i+1), seal)
		seal.back = true
		return seal, nil
	}
	seal, err := newSealer(k)
	if err != nil {
		return nil, err
	}
	if len(*s) == mostSealers {
		*s = slices.Delete(*s, 0, 1)
	}
	*s = append(*s, seal)
	return seal, nil
}

// shut reports whether nothing may go out.
func (s *sealer) shut() bool { return s != nil && s.keys == shut }

// rtp is an RTP packet as it goes out. It is good until the next one.
func (s *sealer) rtp(packet []byte) ([]byte, error) {
	if s == nil {
		return packet, nil
	}
	if s.back {
		if err := s.goOn(packet); err != nil {
			return nil, err
		}
	}
	return s.context.EncryptRTP(s.buffer[:0], packet, &s.head)
}

// goOn counts on to the first packet since the sealer was taken up again, however many went another way: where its number is not above the
// last one's, the numbers have rolled over.
func (s *sealer) goOn(packet []byte) error {
	var next rtp.Header
	if _, err := next.Unmarshal(packet); err != nil {
		return err
	}
	if roc, begun := s.context.ROC(next.SSRC); begun {
		if next.SequenceNumber <= s.head.SequenceNumber {
			roc++
		}
		s.context.SetROC(next.SSRC, roc)
	}
	s.back = false
	return nil
}

// rtcp is an RTCP packet as it goes out.
func (s *sealer) rtcp(packet []byte) ([]byte, error) {
	if s == nil {
		return packet, nil
	}
	return s.context.EncryptRTCP(nil, packet, nil)
}

// opener decrypts with the peer's keys. nil takes packets as they are.
//
// When the keys change, packets with the old one are still on their way, and whether the peer begins to count its packets anew with the new
// key is not agreed among phones. So there are several contexts until one of the new ones has opened a packet: from then on it is alone.
type opener struct {
	keys    *sdp.Keys
	context *srtp.Context // of the present keys, their packets counted from the beginning
	going   *srtp.Context // of the present keys, counted on; nil when there is nothing to count on from
	old     *srtp.Context // of the keys before
	head    rtp.Header
	buffer  [2048]byte
}

// newOpener is was where the peer's keys have not changed. ssrc is the peer's source, whose packets may be counted on.
func newOpener(was *opener, k *sdp.Keys, ssrc uint32) (*opener, error) {
	switch {
	case k == nil:
		return nil, nil
	case k == shut:
		return &opener{keys: shut}, nil
	case was != nil && was.keys.Suite == k.Suite && sameKeys(was.keys.Theirs, k.Theirs):
		return was, nil
	}
	window := []srtp.ContextOption{srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow)}
	context, err := newContext(k.Suite, k.Theirs, window...)
	if err != nil {
		return nil, err
	}
	o := &opener{keys: k, context: context}
	if was == nil || was.keys == shut {
		return o, nil
	}
	o.old = was.context
	if roc, known := was.context.ROC(ssrc); known && roc > 0 {
		if o.going, err = newContext(k.Suite, k.Theirs, window...); err != nil {
			return nil, err
		}
		o.going.SetROC(ssrc, roc)
	}
	return o, nil
}

func sameKeys(a, b []sdp.MasterKey) bool {
	return (&sdp.Keys{Theirs: a}).Same(&sdp.Keys{Theirs: b})
}

// rtp is what an RTP packet says, good until the next one; false when it was not made with the key, or came before.
func (o *opener) rtp(packet []byte) ([]byte, bool) {
	if o == nil {
		return packet, true
	}
	return o.by(func(c *srtp.Context) ([]byte, error) { return c.DecryptRTP(o.buffer[:0], packet, &o.head) })
}

// rtcp is what an RTCP packet says.
func (o *opener) rtcp(packet []byte) ([]byte, bool) {
	if o == nil {
		return packet, true
	}
	return o.by(func(c *srtp.Context) ([]byte, error) { return c.DecryptRTCP(o.buffer[:0], packet, nil) })
}

func (o *opener) by(open func(*srtp.Context) ([]byte, error)) ([]byte, bool) {
	if o.keys == shut {
		return nil, false
	}
	if data, err := open(o.context); err == nil {
		o.going, o.old = nil, nil
		return data, true
	}
	if o.going != nil {
		if data, err := open(o.going); err == nil {
			o.context, o.going, o.old = o.going, nil, nil
			return data, true
		}
	}
	if o.old != nil {
		if data, err := open(o.old); err == nil {
			return data, true
		}
	}
	return nil, false
}
