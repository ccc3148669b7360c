package meter

import (
	"cmp"
	"slices"

	"linecard/app/catalogue"
	"linecard/crm/salesforce"
)

var kindWords = map[salesforce.Kind]string{
	salesforce.KindSearch: "meter.kind.search", salesforce.KindDetails: "meter.kind.details", salesforce.KindQuery: "meter.kind.query", salesforce.KindBulk: "meter.kind.bulk", salesforce.KindFile: "meter.kind.file",
	salesforce.KindRecord: "meter.kind.record", salesforce.KindDescribe: "meter.kind.describe", salesforce.KindWrite: "meter.kind.write",
	salesforce.KindLimits: "meter.kind.limits", salesforce.KindOther: "meter.kind.other", salesforce.KindLogin: "meter.kind.login",
	salesforce.KindToken: "meter.kind.token", salesforce.KindIdentity: "meter.kind.identity", salesforce.KindVersions: "meter.kind.versions",
}

// ByKind says how many requests there are of each kind, the most first: "12 search", "3 write".
func (c Count) ByKind() (words []string) {
	kinds := make([]salesforce.Kind, 0, len(c.Kinds))
	for k := range c.Kinds {
		kinds = append(kinds, k)
	}
	slices.SortFunc(kinds, func(a, b salesforce.Kind) int {
		return cmp.Or(cmp.Compare(c.Kinds[b], c.Kinds[a]), cmp.Compare(a, b))
	})
	for _, k := range kinds {
		word := string(k) // one of a newer Linecard
		if id, ok := kindWords[k]; ok {
			word = catalogue.Text(id)
		}
		words = append(words, catalogue.Text("meter.of-kind", "count", c.Kinds[k], "kind", word))
	}
	return words
}
