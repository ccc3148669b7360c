package crm

import (
	"slices"
	"strconv"
	"strings"
)

// Tails returns the last eight digits of the numbers in stored, each as a number, as a search key for a store: every
// text that [Compare] accepts for a Number, with the same region, shares one of them with [Number.Tails]. Most fields
// have one; a field without a number has none. A shared tail makes a candidate only; Compare decides.
func Tails(stored, region string) []uint32 {
	region = NumberPlan{Region: region}.region()
	text := numberText(stored)
	var all []uint32
	before := ""
	for _, s := range segments(text) {
		all = s.tails(all, region)
		if end := s.digits[:s.groups[0].end]; s.short != notShort && len(end) <= 4 && len(before) > len(end) {
			all = shortTails(all, before, end, s.short)
			continue
		}
		before = s.digits
	}
	if hasKeys(text) {
		all = spelledTails(all, text)
	}
	return all
}

// tails adds the key of every place where a number may end.
func (s segment) tails(all []uint32, region string) []uint32 {
	last := len(s.groups)
	home := comparison{region: region}
	if last > 1 && len(s.digits) <= 17 && read(s.text(0, last), region).grade == valid && !home.parted(s) {
		all = addTail(all, s.digits)
		for at := 1; at < last; at++ { // what stands before hours, or before a number of its own, may be another country's number
			if end := s.groups[at-1].end; end > minCore && home.beginsNumber(s, at, last) {
				all = addTail(all, s.digits[:end])
			}
		}
		return all
	}
	for at := 1; at < last && len(s.digits) >= 2*wholeNumber; at++ { // two in a row: the second has nothing of the first
		if home.isWhole(s, 0, at) {
			for _, g := range s.groups[at:] {
				if end := s.digits[s.groups[at].start:g.end]; len(end) > minCore && len(end) < minSuffix {
					all = addTail(all, end)
				}
			}
		}
	}
	for _, g := range s.groups {
		if g.end > minCore {
			all = addTail(all, s.digits[:g.end])
		}
	}
	return all
}

// shortTails are the keys of the numbers that end differs from.
func shortTails(all []uint32, before, end string, form shortForm) []uint32 {
	head, was := before[:len(before)-len(end)], before[len(before)-len(end):]
	all = addTail(all, head+end)
	if form != upToShort {
		return all
	}
	from, _ := strconv.Atoi(was)
	to, _ := strconv.Atoi(end)
	for v := from + 1; v < min(to, from+100); v++ {
		if next := strconv.Itoa(v); len(next) <= len(end) {
			all = addTail(all, head+strings.Repeat("0", len(end)-len(next))+next)
		}
	}
	return all
}

// Tails returns the search keys by which a field with this number is found; see the function [Tails].
func (n Number) Tails() []uint32 {
	if n.E164 == "" {
		return nil
	}
	var all []uint32
	for _, core := range n.cores() {
		all = addTail(all, core)
		if len(core) < minSuffix { // the key has digits of what is before the national number
			cc := n.countryCode()
			all = addTail(addTail(all, cc+core), cc+"0"+core)
			for _, exit := range exits {
				all = addTail(all, exit+cc+core)
			}
			for _, t := range trunks(n.code()) {
				all = addTail(addTail(all, t+core), cc+t+core)
			}
		}
	}
	if local := n.local(); local != "" {
		all = addTail(all, local)
	}
	if len(n.Digits) == wholeNumber+1 { // locals leave the first digit out
		all = addTail(all, n.Digits[1:])
	}
	return all
}

func addTail(all []uint32, digits string) []uint32 {
	digits = strings.TrimLeft(digits, "0")
	tail, err := strconv.ParseUint(digits[max(0, len(digits)-minSuffix):], 10, 32)
	if err != nil || slices.Contains(all, uint32(tail)) {
		return all
	}
	return append(all, uint32(tail))
}
