package settings

import (
	"fmt"
	"slices"
	"strings"

	"linecard/crm"
	"linecard/fault"
)

// objectID tells rows of the table of objects apart: an object has one for each org.
func objectID(o crm.Object) (id string, why fault.Code) {
	if !crm.IsAPIName(o.Name) {
		return "", "settings.object-incomplete"
	}
	return o.Org + " " + o.Name, ""
}

// object checks one row of the table of objects. A field that cannot be one costs itself.
func (c *checker) object(path string, o *crm.Object, _ crm.Object) {
	tidy, strange := o.Tidy()
	tidy.Org = strings.TrimSpace(tidy.Org)
	for _, name := range strange {
		if name != tidy.Name {
			c.fault("settings.must-be-api-name", "key", path+"fields", "value", name)
		}
	}
	for _, list := range []struct {
		key string
		of  *[]string
		max int
	}{{"phones", &tidy.Phones, mostPhones}, {"fields", &tidy.Fields, mostFields}, {"editable", &tidy.Editable, mostFields}, {"required", &tidy.Required, mostFields}} {
		if len(*list.of) > list.max {
			c.fault("settings.must-be-fewer", "key", path+list.key, "most", list.max)
			*list.of = (*list.of)[:list.max]
		}
	}
	*o = tidy
}

// Bounds of a row: a card with more is a page, and each field makes the search longer.
const (
	mostPhones = 20
	mostFields = 30
)

// objects checks the table that will be kept.
func (c *checker) objects(all []crm.Object) {
	count := map[string]int{}
	for i := range all {
		path := fmt.Sprintf("objects[%d]", i+1)
		c.object(path+".", &all[i], crm.DefaultObject())
		id, why := objectID(all[i])
		if why != "" {
			c.fault("settings.must-be-api-name", "key", path+".name", "value", all[i].Name)
		}
		if slices.ContainsFunc(all[:i], func(o crm.Object) bool { other, _ := objectID(o); return other == id }) {
			c.fault("settings.must-be-another-name", "key", path, "name", all[i].Name)
		}
		if count[all[i].Org]++; count[all[i].Org] == crm.MostObjects+1 {
			c.fault("settings.must-be-fewer", "key", "objects", "most", crm.MostObjects)
		}
	}
}
