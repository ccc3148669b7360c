package crm

import (
	"regexp"
	"strings"
)

// A record may say which number the customer is to see when they are called: a field of it that the admin names for an account. Whoever can write into the org can
// write there, so that only a number is ever taken out of it, and the phone has the last word on which.

// shownNumber is a number as it may be sent: nothing but digits behind a +, and not too many.
var shownNumber = regexp.MustCompile(`^\+?[0-9]{2,20}$`)

// longestShown is how many characters of a field are read: more than any writing of a number has.
const longestShown = 40

// NumberToShow is the number that a text is, without the marks of its writing, as in "+44 (20) 7946-0018"; "" for a text that is anything else.
func NumberToShow(text string) string {
	if text = strings.TrimSpace(text); len(text) > longestShown {
		return ""
	}
	digits := strings.NewReplacer(" ", "", "\u00a0", "", "(", "", ")", "", "-", "", ".", "", "/", "").Replace(text)
	if !shownNumber.MatchString(digits) {
		return ""
	}
	return digits
}

// ShowsBy is the number that a field of the record says the customer is to see; "" for none. What is remembered of a record may have been changed by others, so
// that it is read again.
func (r Record) ShowsBy(field string) string { return NumberToShow(r.CallAs[field]) }

// ShownTypes are the types of fields that may hold such a number.
var ShownTypes = []string{"phone", "string", "picklist", "combobox"}
