package soql

import "time"

// relative lists the date literals, and whether one takes :n.
// https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_dateformats.htm
var relative = map[string]bool{
	"YESTERDAY": false, "TODAY": false, "TOMORROW": false,
	"LAST_WEEK": false, "THIS_WEEK": false, "NEXT_WEEK": false,
	"LAST_MONTH": false, "THIS_MONTH": false, "NEXT_MONTH": false,
	"LAST_90_DAYS": false, "NEXT_90_DAYS": false,
	"LAST_YEAR": false, "THIS_YEAR": false, "NEXT_YEAR": false,
	"LAST_N_DAYS": true, "NEXT_N_DAYS": true,
}

// span returns the half-open time range of a date literal. Weeks begin on Sunday, as in the US locale.
func span(v Value, now time.Time) (from, to time.Time) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	month := day.AddDate(0, 0, 1-day.Day())
	year := time.Date(now.Year(), 1, 1, 0, 0, 0, 0, now.Location())
	week := day.AddDate(0, 0, -int(day.Weekday()))
	switch v.Text {
	case "YESTERDAY":
		return day.AddDate(0, 0, -1), day
	case "TODAY":
		return day, day.AddDate(0, 0, 1)
	case "TOMORROW":
		return day.AddDate(0, 0, 1), day.AddDate(0, 0, 2)
	case "LAST_WEEK":
		return week.AddDate(0, 0, -7), week
	case "THIS_WEEK":
		return week, week.AddDate(0, 0, 7)
	case "NEXT_WEEK":
		return week.AddDate(0, 0, 7), week.AddDate(0, 0, 14)
	case "LAST_MONTH":
		return month.AddDate(0, -1, 0), month
	case "THIS_MONTH":
		return month, month.AddDate(0, 1, 0)
	case "NEXT_MONTH":
		return month.AddDate(0, 1, 0), month.AddDate(0, 2, 0)
	case "LAST_YEAR":
		return year.AddDate(-1, 0, 0), year
	case "THIS_YEAR":
		return year, year.AddDate(1, 0, 0)
	case "NEXT_YEAR":
		return year.AddDate(1, 0, 0), year.AddDate(2, 0, 0)
	case "LAST_90_DAYS":
		return day.AddDate(0, 0, -90), day.AddDate(0, 0, 1)
	case "NEXT_90_DAYS":
		return day.AddDate(0, 0, 1), day.AddDate(0, 0, 91)
	case "LAST_N_DAYS": // including today
		return day.AddDate(0, 0, -v.N), day.AddDate(0, 0, 1)
	default: // NEXT_N_DAYS: without today
		return day.AddDate(0, 0, 1), day.AddDate(0, 0, 1+v.N)
	}
}

// within compares a date or date-time with the range of a literal.
func within(have any, op Op, want Value, now time.Time) bool {
	from, to := span(want, now)
	var at time.Time
	switch h := have.(type) {
	case time.Time:
		at = h
	case Date:
		t, err := time.ParseInLocation(time.DateOnly, string(h), now.Location())
		if err != nil {
			return false
		}
		at = t
	default:
		return have == nil && op == NotEqual
	}
	before, after := at.Before(from), !at.Before(to)
	switch op {
	case Equal:
		return !before && !after
	case NotEqual:
		return before || after
	case Less:
		return before
	case LessEqual:
		return !after
	case Greater:
		return after
	case GreaterEqual:
		return !before
	}
	return false
}
