package sdp

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// key30 and key46 are the master key with salt of AES-128 and AES-256 in base64; the first is the example of RFC 4568.
const (
	key30 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"
	key46 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVzWVNfX19zZW1jdGwgKCkgew=="
	key28 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubA=="
)

func TestCryptoLines(t *testing.T) {
	for line, want := range map[string]struct {
		suite Suite
		keys  int
		err   error
	}{
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                                   {AESCM128SHA80, 1, nil},
		"999999999 AES_CM_128_HMAC_SHA1_32 inline:" + key30 + "|2^20":                 {AESCM128SHA32, 1, nil},
		"1  aes_cm_128_hmac_sha1_80  INLINE:" + key30 + "|2^48|1:4":                   {AESCM128SHA80, 1, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1048576":                      {AESCM128SHA80, 1, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:1":                          {AESCM128SHA80, 1, nil},
		"1 AES_256_CM_HMAC_SHA1_80 inline:" + key46:                                   {AESCM256SHA80, 1, nil},
		"1 AES_CM_256_HMAC_SHA1_80 inline:" + strings.TrimRight(key46, "="):           {AESCM256SHA80, 1, nil},
		"1 AEAD_AES_128_GCM inline:" + key28:                                          {AESGCM128, 1, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:4;inline:" + key30 + "|2:4": {AESCM128SHA80, 2, nil},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " WSH=64 KDR=0 -X=1":            {AESCM128SHA80, 1, nil},

		"":                          {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80": {err: errCryptoLine},
		"x AES_CM_128_HMAC_SHA1_80 inline:" + key30:                                           {err: errCryptoLine},
		"1234567890 AES_CM_128_HMAC_SHA1_80 inline:" + key30:                                  {err: errCryptoLine},
		"1 F8_128_HMAC_SHA1_80 inline:" + key30:                                               {err: errCryptoSuite},
		"1 AES_CM_128_HMAC_SHA1_80 mikey:" + key30:                                            {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:*" + key30[1:]:                                      {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30[4:]:                                       {err: errCryptoKey},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key46:                                           {err: errCryptoKey},
		"1 AES_256_CM_HMAC_SHA1_80 inline:" + key30:                                           {err: errCryptoKey},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^49":                                 {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^-1":                                 {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|0":                                    {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1":                               {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|256:1":                                {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:129":                                {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:4|5":                           {err: errCryptoLine},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + ";inline:" + key30:                      {err: errCryptoKey},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:4;inline:" + key30 + "|1:4":         {err: errCryptoKey},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|1:4;inline:" + key30 + "|2:2":         {err: errCryptoKey},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTP":                     {err: errCryptoParam},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNENCRYPTED_SRTCP":                    {err: errCryptoParam},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " UNAUTHENTICATED_SRTP":                 {err: errCryptoParam},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " KDR=16":                               {err: errCryptoParam},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + " FEC_KEY=inline:" + key30:              {err: errCryptoParam},
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + strings.Repeat(key30+"|1:4;inline:", 9) + key30: {err: errCryptoParam},
	} {
		c, err := parseCrypto(line)
		if !errors.Is(err, want.err) || c.suite != want.suite && err == nil || len(c.keys) != want.keys {
			t.Errorf("%q: %v, %d keys, %v", line, c.suite.Name, len(c.keys), err)
		}
	}
}

// What an attacker or a mistake puts into a line is refused or taken as a whole, and what we write of it we read again.
func FuzzCrypto(f *testing.F) {
	f.Add("1 AES_CM_128_HMAC_SHA1_80 inline:" + key30 + "|2^20|1:4;inline:" + key30 + "|2^20|2:4 WSH=64")
	f.Add("1 AES_256_CM_HMAC_SHA1_80 inline:" + key46)
	f.Add("1 AEAD_AES_128_GCM inline:" + key28 + "|99999999999999999999:128")
	f.Fuzz(func(t *testing.T, line string) {
		c, err := parseCrypto(line)
		if err != nil {
			if len(line) > 20 && strings.Contains(err.Error(), line) {
				t.Errorf("the error has the line in it: %v", err)
			}
			return
		}
		if len(c.keys) == 0 || len(c.keys) > maxKeys {
			t.Fatalf("%d keys", len(c.keys))
		}
		for _, k := range c.keys {
			if key, salt := k.Split(c.suite); len(key) != c.suite.Key || len(salt) != c.suite.Salt {
				t.Errorf("a key of %d octets and a salt of %d", len(key), len(salt))
			}
		}
		again, err := parseCrypto(c.attribute().value)
		if err != nil || again.keys[0].secret != c.keys[0].secret || again.suite != c.suite || again.tag != c.tag {
			t.Errorf("what we write of it reads as another one: %v", err)
		}
	})
}

// A key is in no text, whatever prints it.
func TestKeysAreNotPrinted(t *testing.T) {
	k := newKey(AESCM128SHA80)
	m := Media{Secure: &Keys{Suite: AESCM128SHA80, Ours: k, Theirs: []MasterKey{k}}}
	var b strings.Builder
	log := slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug}))
	log.Debug("x", "media", m, "keys", m.Secure, "key", k, "all", *m.Secure)
	log = slog.New(slog.NewJSONHandler(&b, nil))
	log.Error("x", "media", m, "keys", m.Secure, "key", k, "all", *m.Secure)
	_, _ = fmt.Fprintf(&b, "%v %+v %#v %s %q %x %v %+v %#v", m, m, m, k, k, k, *m.Secure, *m.Secure, *m.Secure)
	j, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	b.Write(j)
	for _, form := range []string{"%s", "%q", "%x", "%X", "%d"} {
		if raw := fmt.Sprintf(form, k.secret); form != "%d" && strings.Contains(b.String(), strings.Trim(raw, `"`)) {
			t.Errorf("the key is printed, as %s", form)
		}
	}
	if strings.Contains(b.String(), k.secret) || strings.Contains(b.String(), fmt.Sprint([]byte(k.secret))) {
		t.Error("the key is printed")
	}
}
