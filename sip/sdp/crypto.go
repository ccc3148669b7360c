package sdp

import (
	"encoding/base64"
	"errors"
	"log/slog"
	"math/big"
	"slices"
	"strconv"
	"strings"
)

// An a=crypto line (RFC 4568 §9.1) says with which cipher and key its sender encrypts what it sends:
//
//	a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4
//
// A line is taken as a whole or not at all: what it may say and we cannot do (RFC 4568 §6.3) makes it one that the other side
// did not write.

// Suite is a way to encrypt and authenticate RTP: what RFC 4568 calls a crypto-suite.
type Suite struct {
	Name      string // as it is written in a=crypto
	Key, Salt int    // octets of the master key and of its salt
	Said      string // as a person is told
}

// The suites that a phone built on this package can name: RFC 4568 §6.2, RFC 6188 §4.2, RFC 7714 §14.2.
var (
	AESCM128SHA80 = Suite{"AES_CM_128_HMAC_SHA1_80", 16, 14, "AES-128"}
	AESCM128SHA32 = Suite{"AES_CM_128_HMAC_SHA1_32", 16, 14, "AES-128"}
	AESCM256SHA80 = Suite{"AES_256_CM_HMAC_SHA1_80", 32, 14, "AES-256"}
	AESCM256SHA32 = Suite{"AES_256_CM_HMAC_SHA1_32", 32, 14, "AES-256"}
	AESGCM128     = Suite{"AEAD_AES_128_GCM", 16, 12, "AES-128"}
	AESGCM256     = Suite{"AEAD_AES_256_GCM", 32, 12, "AES-256"}
)

var suites = []Suite{AESCM128SHA80, AESCM128SHA32, AESCM256SHA80, AESCM256SHA32, AESGCM128, AESGCM256}

// offeredSuites are those that we offer, in this order. The first is the one that every SRTP phone has (RFC 4568 §6.2.1), and some look at
// the first line only; the second is for systems that allow nothing shorter. Three lines are a quarter of a kilobyte: each more
// takes the INVITE nearer to where UDP breaks it in pieces.
var offeredSuites = []Suite{AESCM128SHA80, AESCM256SHA80, AESCM128SHA32}

// otherNames are the names under which drafts of RFC 6188 had two suites; phones with an old library still write them.
var otherNames = map[string]Suite{"AES_CM_256_HMAC_SHA1_80": AESCM256SHA80, "AES_CM_256_HMAC_SHA1_32": AESCM256SHA32}

// MasterKey is a master key and its salt. What prints it, prints a word.
type MasterKey struct {
	secret string
	MKI    string // the octets by which packets name the key; "" where they name none
}

const unsaid = "(secret)"

// String keeps the key out of what is printed.
func (MasterKey) String() string { return unsaid }

// GoString does the same for %#v.
func (MasterKey) GoString() string { return unsaid }

// LogValue does the same for a log.
func (MasterKey) LogValue() slog.Value { return slog.StringValue(unsaid) }

// MarshalText does the same for JSON.
func (MasterKey) MarshalText() ([]byte, error) { return []byte(unsaid), nil }

// NewMasterKey is a key that was agreed on elsewhere.
func NewMasterKey(key, salt []byte) MasterKey { return MasterKey{secret: string(key) + string(salt)} }

// Split is the key and the salt, as suite s divides them.
func (k MasterKey) Split(s Suite) (key, salt []byte) {
	return []byte(k.secret[:s.Key]), []byte(k.secret[s.Key:])
}

// cryptoLine is an a=crypto line that can be used.
type cryptoLine struct {
	tag   string
	name  string // of the suite, as it was written
	suite Suite
	keys  []MasterKey // one; more where each has an MKI
}

func (c cryptoLine) attribute() attribute {
	key := base64.StdEncoding.EncodeToString([]byte(c.keys[0].secret))
	return attribute{"crypto", c.tag + " " + c.name + " inline:" + key}
}

// What is wrong with an a=crypto line. None of the sentences has anything of the line in it, for it has the key.
var (
	errCryptoLine  = errors.New("a line about encryption is malformed")
	errCryptoSuite = errors.New("a line about encryption names a cipher that we do not know")
	errCryptoKey   = errors.New("a line about encryption has a key that does not fit its cipher")
	errCryptoParam = errors.New("a line about encryption asks for what we cannot do")
)

const (
	maxCryptoTag = 9 // digits, RFC 4568 §9.1
	maxMKI       = 128
	maxKeys      = 8 // of one line; nobody rolls more
)

// parseCrypto reads the value of an a=crypto attribute.
func parseCrypto(v string) (cryptoLine, error) {
	f := strings.Fields(v)
	if len(f) < 3 || !digits(f[0]) || len(f[0]) > maxCryptoTag {
		return cryptoLine{}, errCryptoLine
	}
	c := cryptoLine{tag: f[0], name: f[1]}
	i := slices.IndexFunc(suites, func(s Suite) bool { return strings.EqualFold(s.Name, c.name) })
	old, isOld := otherNames[strings.ToUpper(c.name)]
	switch {
	case i >= 0:
		c.suite = suites[i]
	case isOld:
		c.suite = old
	default:
		return cryptoLine{}, errCryptoSuite
	}
	params := strings.Split(f[2], ";")
	if len(params) > maxKeys {
		return cryptoLine{}, errCryptoParam
	}
	for _, p := range params {
		k, err := parseKey(p, c.suite)
		if err != nil {
			return cryptoLine{}, err
		}
		c.keys = append(c.keys, k)
	}
	if err := apart(c.keys); err != nil {
		return cryptoLine{}, err
	}
	for _, p := range f[3:] {
		if !harmless(p) {
			return cryptoLine{}, errCryptoParam
		}
	}
	return c, nil
}

// apart holds that several keys can be told apart: each has an MKI of its own, all of one length (RFC 4568 §6.1).
func apart(keys []MasterKey) error {
	for i, k := range keys {
		if len(keys) > 1 && k.MKI == "" || len(k.MKI) != len(keys[0].MKI) {
			return errCryptoKey
		}
		if slices.ContainsFunc(keys[:i], func(o MasterKey) bool { return o.MKI == k.MKI }) {
			return errCryptoKey
		}
	}
	return nil
}

// parseKey reads "inline:KEY", "inline:KEY|LIFETIME", "inline:KEY|MKI:LENGTH" or "inline:KEY|LIFETIME|MKI:LENGTH".
func parseKey(v string, s Suite) (MasterKey, error) {
	method, info, ok := strings.Cut(v, ":")
	if !ok || !strings.EqualFold(method, "inline") {
		return MasterKey{}, errCryptoLine
	}
	parts := strings.Split(info, "|")
	// Padding is left out by some, and a key of 46 octets has two of it.
	secret, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(parts[0], "="))
	if err != nil {
		return MasterKey{}, errCryptoLine
	}
	if len(secret) != s.Key+s.Salt {
		return MasterKey{}, errCryptoKey
	}
	k := MasterKey{secret: string(secret)}
	rest := parts[1:]
	if len(rest) > 0 && !strings.Contains(rest[0], ":") {
		if !lifetime(rest[0]) {
			return MasterKey{}, errCryptoLine
		}
		rest = rest[1:]
	}
	switch len(rest) {
	case 0:
		return k, nil
	case 1:
		k.MKI, ok = parseMKI(rest[0])
		if ok {
			return k, nil
		}
	}
	return MasterKey{}, errCryptoLine
}

// lifetime tells whether v is one: "2^31", or a number of packets. It is the sender's own promise, for which we need do nothing: at 50
// packets a second the shortest that is in use, 2^20, is six hours, and a new key comes with an offer.
func lifetime(v string) bool {
	if power, ok := strings.CutPrefix(v, "2^"); ok {
		n, err := strconv.Atoi(power)
		return err == nil && digits(power) && n <= 48
	}
	n, err := strconv.ParseUint(v, 10, 64)
	return err == nil && digits(v) && 0 < n && n <= 1<<48
}

// parseMKI reads "1:4": the number 1 in four octets.
func parseMKI(v string) (string, bool) {
	num, length, _ := strings.Cut(v, ":")
	n, err := strconv.Atoi(length)
	if err != nil || !digits(length) || n < 1 || n > maxMKI || !digits(num) || len(num) > 3*maxMKI {
		return "", false
	}
	value, ok := new(big.Int).SetString(num, 10)
	if !ok || value.BitLen() > 8*n {
		return "", false
	}
	return string(value.FillBytes(make([]byte, n))), true
}

// harmless tells whether a session parameter may be left unheeded: WSH is a hint about the window for replays, and a dash says of a
// parameter that it may be ignored (RFC 4568 §6.3). All others change what packets look like.
func harmless(param string) bool {
	name, value, _ := strings.Cut(param, "=")
	switch {
	case strings.HasPrefix(name, "-"):
		return true
	case strings.EqualFold(name, "WSH"):
		return digits(value)
	case strings.EqualFold(name, "KDR"):
		return value == "0" // the rate at which session keys are derived anew; 0 is never
	}
	return false
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// cryptos are the lines about encryption of m that can be used, in their order. said tells whether there were any at all.
func (m mediaLine) cryptos() (usable []cryptoLine, said bool) {
	for _, a := range m.attrs {
		if !strings.EqualFold(a.key, "crypto") {
			continue
		}
		said = true
		if c, err := parseCrypto(a.value); err == nil {
			usable = append(usable, c)
		}
	}
	return usable, said
}
