package demoorg

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"linecard/crm/demoorg/soql"
)

// line is one field of a record page: label and value, with a link when the value is another record.
type line struct {
	Label, Value string
	Link         template.URL
	Long         bool // the text is shown below its label
}

// summary returns the few facts under a record's name.
func (o *Org) summary(r *record) []line {
	var ls []line
	for _, name := range []string{
		"Title", "AccountId", "Company", "Phone", "MobilePhone", "Email", "Industry", "Website", "StageName",
		"Amount", "CloseDate", "WhoId", "CallType", "CallDurationInSeconds", "CallDisposition", "Status", "Priority", "OwnerId",
	} {
		if f := r.object.field(name); f != nil && len(ls) < 5 {
			if l, ok := o.line(r, f); ok {
				ls = append(ls, l)
			}
		}
	}
	return ls
}

// systemFields are shown in a separate section.
var systemFields = []string{"CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "IsDeleted", "SystemModstamp", "Id"}

func (o *Org) lines(r *record, system bool) []line {
	var ls []line
	for _, f := range r.object.fields {
		if f.name == "SystemModstamp" || f.name == "IsDeleted" || listed(systemFields, f.name) != system {
			continue
		}
		if l, ok := o.line(r, f); ok {
			ls = append(ls, l)
		}
	}
	return ls
}

// line returns one field; ok is false when there is nothing to show.
func (o *Org) line(r *record, f *field) (l line, ok bool) {
	if !o.seesField(r.object, f) {
		return l, false
	}
	l.Label, l.Long = f.label, f.kind == kTextArea
	switch v := r.get(f.name).(type) {
	case nil:
		return l, false
	case bool:
		if !v {
			return l, false
		}
		l.Value = "Yes"
	case float64:
		l.Value = spellNumber(f, v)
	case time.Time:
		l.Value = v.In(o.now().Location()).Format("2 Jan 2006, 15:04:05")
	case soql.Date:
		l.Value = string(v)
	case string:
		l.Value = v
		if target := o.db.live(v); f.kind == kReference && target != nil {
			l.Value, l.Label = o.nameOf(v), strings.TrimSuffix(f.label, " ID")
			if !target.object.setup {
				l.Link = linkTo(target)
			}
		}
	}
	return l, l.Value != ""
}

func spellNumber(f *field, v float64) string {
	switch {
	case f.name == "CallDurationInSeconds" && v < 60:
		return fmt.Sprintf("%g\u00a0s", v)
	case f.name == "CallDurationInSeconds":
		return fmt.Sprintf("%d\u00a0min\u00a0%d\u00a0s", int(v)/60, int(v)%60)
	case f.kind == kCurrency:
		return "$" + thousands(int64(v))
	case f.kind == kPercent:
		return fmt.Sprintf("%g %%", v)
	}
	return fmt.Sprintf("%g", v)
}

// thousands formats a number with commas between the thousands.
func thousands(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
