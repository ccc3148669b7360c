package demoorg

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// caseNumber formats a case's number as Salesforce does.
func caseNumber(n uint64) string { return fmt.Sprintf("%08d", 1000+n) }

// seedDeals makes the related records of callers: opportunities with their people, and cases.
func (o *Org) seedDeals(accounts map[string]*record) {
	contacts := o.db.all(o.schema.object("Contact"), false)
	deals := []string{"Renewal", "Pilot", "Expansion", "Annual contract", "Replacement", "New site"}
	troubles := []string{
		"Delivery arrived short", "Invoice shows the wrong address", "Cannot log in to the portal",
		"Machine stops after warm-up", "Question about the warranty", "Wants a copy of the contract", "Change of contact person",
	}
	for i, c := range contacts {
		a := o.db.live(c.get("AccountId"))
		if i%2 == 0 {
			s := stages[(i*3)%len(stages)]
			due := o.now().AddDate(0, 0, i*4-20)
			opp := o.row("Opportunity", o.ago(5+i), map[string]any{
				"Name": a.text("Name") + " – " + deals[i%len(deals)], "AccountId": a.id, "StageName": s.name,
				"Amount": float64(4000 + 1750*i), "CloseDate": date(due), "NextStep": "Call back",
			})
			o.row("OpportunityContactRole", o.ago(4+i), map[string]any{
				"OpportunityId": opp.id, "ContactId": c.id,
				"Role": "Decision Maker", "IsPrimary": true,
			})
		}
		if i%3 == 0 {
			status := []string{"New", "Working", "Escalated", "Closed"}[(i/3)%4]
			o.row("Case", o.ago(1+i), map[string]any{
				"Subject": troubles[i%len(troubles)], "ContactId": c.id, "AccountId": a.id,
				"Status": status, "Priority": []string{"Medium", "High", "Low"}[(i/3)%3], "Origin": []string{"Phone", "Email", "Web"}[i%3],
			})
		}
	}
}

// Notes that agents write after a call.
var (
	dispositions = []string{"Resolved", "Call back", "Left message", "Information given", "Order placed"}
	remarks      = []string{
		"Asked for the delivery date; confirmed for next week.",
		"Wants the quote again with two more seats.",
		"Will check with the colleagues and come back.",
		"Thanked us for the quick repair.",
		"Needs an invoice copy, sent by e-mail while on the phone.",
		"Asked whether the price holds until the end of the quarter.",
		"",
	}
)

// seedCalls makes a month of logged calls, about four each working day.
func (o *Org) seedCalls() {
	people := o.db.all(o.schema.object("Contact"), false)
	people = append(people, o.db.all(o.schema.object("Lead"), false)...)
	closed := statusesOf(o.cfg.Language)[closedStatus]
	for day := 30; day > 0; day-- {
		at := o.ago(day)
		if at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			continue
		}
		for range 3 + o.random.IntN(3) {
			who := people[o.random.IntN(len(people))]
			if who.flag("IsConverted") {
				continue
			}
			o.call(who, o.ago(day), closed)
		}
	}
}

func (o *Org) call(who *record, at time.Time, closed string) {
	talked := 20 + o.random.IntN(600)
	v := map[string]any{
		"WhoId": who.id, "ActivityDate": date(at), "Status": closed, "TaskSubtype": "Call", "CallObject": uuidFrom(o.random),
	}
	name := who.text("Name")
	switch o.random.IntN(8) {
	case 0:
		v["Subject"], v["CallType"] = "Missed call from "+name, "Inbound"
		talked = 0
	case 1, 2, 3:
		v["Subject"], v["CallType"] = "Outbound call to "+name, "Outbound"
	default:
		v["Subject"], v["CallType"] = "Inbound call from "+name, "Inbound"
	}
	v["CallDurationInSeconds"] = float64(talked)
	if talked > 0 {
		v["CallDisposition"] = dispositions[o.random.IntN(len(dispositions))]
		if note := remarks[o.random.IntN(len(remarks))]; note != "" {
			v["Description"] = note
		}
	}
	o.row("Task", at.Add(time.Duration(talked)*time.Second), v)
}

// uuidFrom makes a version 4 UUID from the org's random source, so that a seed gives the same org.
func uuidFrom(r *rand.Rand) string {
	hi, lo := r.Uint64(), r.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(3<<62) | 2<<62
	return fmt.Sprintf("%08x-%04x-%04x-%04x-%012x", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&0xffffffffffff)
}
