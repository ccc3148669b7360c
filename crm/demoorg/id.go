package demoorg

import (
	"strings"
)

const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// newID makes the nth record id of a key prefix: prefix, instance, reserved, serial; 18 characters.
func newID(prefix, instance string, n uint64) string {
	var serial [9]byte
	for i := len(serial) - 1; i >= 0; i-- {
		serial[i] = base62[n%62]
		n /= 62
	}
	return to18(prefix + instance + "0" + string(serial[:]))
}

// to18 appends the checksum that makes an id safe where letter case is lost: three characters, each of which tells
// which of five characters are capitals, the first in the lowest bit.
func to18(id15 string) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
	var suffix [3]byte
	for block := range suffix {
		bits := 0
		for i := range 5 {
			if c := id15[block*5+i]; c >= 'A' && c <= 'Z' {
				bits |= 1 << i
			}
		}
		suffix[block] = letters[bits]
	}
	return id15 + string(suffix[:])
}

// normalID returns the 18-character form of an id, or false when s is not an id. The checksum restores the case of an
// 18-character id.
func normalID(id string) (string, bool) {
	if len(id) != 15 && len(id) != 18 {
		return "", false
	}
	for i := range len(id) {
		if strings.IndexByte(base62, id[i]) < 0 {
			return "", false
		}
	}
	if len(id) == 15 {
		return to18(id), true
	}
	fixed := []byte(id[:15])
	for i := range fixed {
		bits := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", upper(id[15+i/5]))
		if bits < 0 {
			return "", false
		}
		if bits>>(i%5)&1 == 1 {
			fixed[i] = upper(fixed[i])
		} else {
			fixed[i] = lower(fixed[i])
		}
	}
	return to18(string(fixed)), true
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		return c - 'a' + 'A'
	}
	return c
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c - 'A' + 'a'
	}
	return c
}
