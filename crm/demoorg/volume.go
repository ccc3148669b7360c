package demoorg

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"linecard/crm/demoorg/soql"
	"linecard/crm/demoorg/sosl"
)

// volume is the mass of contacts of a large org. They are made when they are read: the nth is always the same person, and
// takes no memory until it is changed.
type volume struct {
	object   *object
	instance string
	first    uint64 // serial number of the contact 0
	count    int
	born     time.Time
	owner    string
	accounts []string
}

var (
	volumeFirst = []string{"Ada", "Bruno", "Carla", "Dmitri", "Élise", "Farid", "Greta", "Hassan", "Ingrid", "João", "Keiko", "Lars", "Mónica", "Nadia", "Otto", "Priya", "Quinn", "Rosa", "Søren", "Tomás"}
	volumeLast  = []string{"Abbott", "Bauer", "Castillo", "Dvořák", "Eriksson", "Fontaine", "García", "Holm", "Ibarra", "Jansen", "Kowalski", "Lindgren", "Müller", "Novák", "O'Brien", "Petersen", "Quintero", "Rossi", "Schmidt", "Torres", "Ueda", "Vasquez", "Weiß", "Yilmaz", "Zhang"}
)

// VolumePhone returns the phone number of the nth contact of Config.Volume, in E.164.
func VolumePhone(n int) string { return fmt.Sprintf("+1%03d%07d", 201+n%700, 2000000+n*7%7999999) }

// VolumeName returns the name of the nth contact of Config.Volume.
func VolumeName(n int) string {
	return fmt.Sprintf("%s %s-%d", volumeFirst[n%len(volumeFirst)], volumeLast[n/len(volumeFirst)%len(volumeLast)], n)
}

// seedVolume makes room for the contacts of the volume.
func (o *Org) seedVolume() {
	if o.cfg.Volume <= 0 {
		return
	}
	obj := o.schema.object("Contact")
	v := &volume{object: obj, instance: o.db.instance, first: o.db.serial[obj.prefix] + 1, count: o.cfg.Volume, born: o.now().AddDate(0, -3, 0).UTC().Truncate(time.Second)}
	o.db.serial[obj.prefix] += uint64(o.cfg.Volume)
	v.owner = o.db.tables["User"][0]
	v.accounts = append(v.accounts, o.db.tables["Account"]...)
	o.db.volume = v
}

// contact makes the nth contact.
func (v *volume) contact(n int) *record {
	first, last, _ := strings.Cut(VolumeName(n), " ")
	p := VolumePhone(n)
	r := &record{object: v.object, id: newID(v.object.prefix, v.instance, v.first+uint64(n)), values: map[string]any{
		"FirstName": first, "LastName": last, "Name": first + " " + last, "Title": "Head of Purchasing",
		"Email": fmt.Sprintf("p%d@example.com", n), "OwnerId": v.owner, "DoNotCall": n%97 == 0, "IsDeleted": false,
		"CreatedDate": v.born, "CreatedById": v.owner, "LastModifiedDate": v.born, "LastModifiedById": v.owner, "SystemModstamp": v.born,
		"Phone": fmt.Sprintf("(%s) %s-%s", p[2:5], p[5:8], p[8:]),
	}}
	r.values["Id"] = r.id
	if v.object.field("IsPersonAccount") != nil {
		r.values["IsPersonAccount"] = false
	}
	if len(v.accounts) > 0 {
		r.values["AccountId"] = v.accounts[n/7%len(v.accounts)]
	}
	return r
}

// find returns a contact of the volume by its id.
func (v *volume) find(id string) *record {
	if n, ok := v.number(id); ok {
		return v.contact(n)
	}
	return nil
}

// number tells which contact of the volume has an id, of 15 or 18 characters.
func (v *volume) number(id string) (n int, ok bool) {
	if v == nil || len(id) < 15 || !strings.HasPrefix(id, v.object.prefix+v.instance) {
		return 0, false
	}
	var serial uint64
	for i := 6; i < 15; i++ {
		digit := strings.IndexByte(base62, id[i])
		if digit < 0 {
			return 0, false
		}
		serial = serial*62 + uint64(digit)
	}
	if serial < v.first || serial >= v.first+uint64(v.count) {
		return 0, false
	}
	return int(serial - v.first), true
}

// named are the contacts of the volume that a condition names by their ids; ok is false where it names none, and each may fit.
func (v *volume) named(where soql.Expr) (all []int, ok bool) {
	terms := []soql.Expr{where}
	if l, ok := where.(*soql.Logical); ok && !l.Or {
		terms = l.Terms
	}
	for _, t := range terms {
		var values []soql.Value
		switch t := t.(type) {
		case *soql.Comparison:
			if strings.EqualFold(t.Field.String(), "Id") && t.Op == soql.Equal {
				values = []soql.Value{t.Value}
			}
		case *soql.Membership:
			if strings.EqualFold(t.Field.String(), "Id") && !t.Not && t.Sub == nil {
				values = t.Values
			}
		}
		if values == nil {
			continue
		}
		for _, value := range values {
			if n, ok := v.number(value.Text); ok && !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
		slices.Sort(all)
		return all, true
	}
	return nil, false
}

// withPhone returns the contacts of the volume whose numbers a search names by at least ten digits.
func (v *volume) withPhone(digits []string) (found []*record) {
	for _, d := range digits {
		d = strings.TrimRight(d, "*")
		if len(d) < 10 || strings.ContainsFunc(d, func(r rune) bool { return r < '0' || r > '9' }) {
			continue
		}
		d = d[len(d)-10:]
		rest := atoi(d[3:]) - 2000000
		if rest < 0 || rest%7 != 0 {
			continue
		}
		for n := rest / 7; n < v.count; n += 7999999 / 7 { // after so many the numbers behind the area code come again
			if VolumePhone(n)[2:] == d {
				found = append(found, v.contact(n))
			}
		}
	}
	return found
}

func atoi(digits string) (n int) {
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// alike are the fields by which the contacts of the volume do not differ, as far as conditions on them go: the time of the
// last change, and whether there is a number.
var alike = map[string]bool{
	"SystemModstamp": true, "LastModifiedDate": true, "CreatedDate": true, "IsDeleted": true, "IsPersonAccount": true, "OwnerId": true,
}

// uniform reports whether a condition holds for all contacts of the volume or for none.
func uniform(e soql.Expr) bool {
	all := true
	_ = soql.Walk(e, func(e soql.Expr) error {
		switch e := e.(type) {
		case *soql.Comparison:
			all = all && (alike[e.Field.String()] || e.Value.Kind == soql.Null && e.Field.String() != "AccountId")
		case *soql.Membership:
			all = false
		}
		return nil
	})
	return all
}

// ChangeVolume changes the title of the contacts from..from+count of the volume, and returns their ids.
func (o *Org) ChangeVolume(from, count int, title string) (ids []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for n := from; n < from+count && n < o.db.volume.count; n++ {
		id := newID(o.db.volume.object.prefix, o.db.instance, o.db.volume.first+uint64(n))
		r := o.db.find(id).with(map[string]any{"Title": title})
		o.stamp(actor{userID: o.db.volume.owner}, r)
		o.db.put(r, o.now())
		ids = append(ids, id)
	}
	return ids
}

// volumeRows yields the numbers of the contacts of the volume that a query on contacts must read: those that are not stored.
// Where its condition tells none of them from another, it is asked about one; where it names some, those are read and no others.
func (o *Org) volumeRows(q *soql.Query) iter.Seq[int] {
	v := o.db.volume
	return func(yield func(int) bool) {
		if v == nil || v.count == 0 {
			return
		}
		if uniform(q.Where) {
			b := o.binder(v.object, "")
			if hit, err := o.matching(b, &soql.Query{Where: q.Where, Limit: -1}, []*record{v.contact(0)}); err != nil || len(hit) == 0 {
				return
			}
		}
		numbers := func(yield func(int) bool) {
			for n := range v.count {
				if !yield(n) {
					return
				}
			}
		}
		if some, ok := v.named(q.Where); ok {
			numbers = slices.Values(some)
		}
		for n := range numbers {
			if o.db.rows[newID(v.object.prefix, v.instance, v.first+uint64(n))] == nil && !yield(n) {
				return
			}
		}
	}
}

// volumeHits are the contacts of the volume that a search by number finds.
func (o *Org) volumeHits(find sosl.Expr) (hits []*record) {
	var digits []string
	sosl.Matches(find, func(t *sosl.Term) bool {
		digits = append(digits, strings.Join(t.Words, ""))
		return false
	})
	for _, r := range o.db.volume.withPhone(digits) {
		if o.db.rows[r.id] == nil {
			hits = append(hits, r)
		}
	}
	return hits
}
