package sip

import (
	"slices"
	"strings"

	"linecard/fault"
	"linecard/sip/dialog"
)

// Withheld is the caller ID of nobody.
const Withheld = "withheld"

// ReadCallerID reads an entry of an account's list: a number, "Sales <+14155550111>", or [Withheld].
func ReadCallerID(entry string) (number, name string) {
	before, rest, named := strings.Cut(entry, "<")
	if !named {
		return folded(entry), ""
	}
	number, _, _ = strings.Cut(rest, ">")
	return folded(number), strings.Trim(strings.TrimSpace(before), `"`)
}

// folded is a number without blanks, and Withheld however it is written: what withholds must never be sent as a number.
func folded(number string) string {
	if number = strings.TrimSpace(number); strings.EqualFold(number, Withheld) {
		return Withheld
	}
	return number
}

// MayShow says why a callee cannot be shown a number that the agent chose for a call.
func (a Account) MayShow(as string) error {
	_, err := a.shownAs(as, false)
	return err
}

// recorded is what a record may name to be shown, by an account that has no list: a number and nothing else.
func recorded(number string) bool {
	digits := strings.TrimPrefix(number, "+")
	return digits != "" && len(digits) <= 20 && strings.Trim(digits, "0123456789") == ""
}

// shownAs is what the callee of a call is to see: the account's own choice, or as where that is given, a number of its list. One that is not
// there is refused with a [fault.Error]: the phone system may take any, and it is not the agent's to pretend. Where there is no list, one that the callee's
// record names may be any number.
func (a Account) shownAs(as string, ofRecord bool) (dialog.Shown, error) {
	if ofRecord && len(a.CallerIDs) == 0 && recorded(as) {
		return shown(as, "", a), nil
	}
	a.CallerID = folded(a.CallerID)
	wanted := folded(as)
	if as == "" {
		wanted = a.CallerID
	}
	var numbers []string
	for _, entry := range a.CallerIDs {
		number, name := ReadCallerID(entry)
		if number == wanted && wanted != "" {
			return shown(number, name, a), nil
		}
		numbers = append(numbers, number)
	}
	if as == "" || wanted == a.CallerID {
		return shown(a.CallerID, "", a), nil
	}
	if a.CallerID != "" && !slices.Contains(numbers, a.CallerID) {
		numbers = append(numbers, a.CallerID)
	}
	if len(numbers) == 0 {
		return dialog.Shown{}, fault.Err(nil, "sip.caller-id-none", "number", as)
	}
	return dialog.Shown{}, fault.Err(nil, "sip.caller-id-unknown", "number", as, "numbers", numbers)
}

// shown is a number of an account with the name that goes with it.
func shown(number, name string, a Account) dialog.Shown {
	switch {
	case number == Withheld:
		return dialog.Shown{Withheld: true, In: a.CallerIDIn}
	case number == "":
		return dialog.Shown{}
	case name == "":
		name = a.DisplayName
	}
	return dialog.Shown{Number: number, Name: name, In: a.CallerIDIn}
}
