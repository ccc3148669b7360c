package demoorg

import (
	"fmt"
	"net/http"
	"strings"
)

// route calls the handler of the resource. The first word of the path decides.
func (o *Org) route(c *call) (reply, *apiError) {
	// Clients that cannot send PATCH use a parameter.
	if m := c.query.Get("_HttpMethod"); m != "" && c.method == http.MethodPost {
		c.method = strings.ToUpper(m)
	}
	head := ""
	if len(c.path) > 0 {
		head = c.path[0]
	}
	get := func(answer func(*call) (reply, *apiError)) (reply, *apiError) {
		if err := c.allow(http.MethodGet, http.MethodHead); err != nil {
			return reply{}, err
		}
		return answer(c)
	}
	switch {
	case head == "":
		return get(o.resources)
	case head == "limits" && len(c.path) == 1:
		return get(func(*call) (reply, *apiError) { return ok(o.limits()) })
	case head == "query" || head == "queryAll":
		return get(o.query)
	case head == "search" && len(c.path) == 1:
		return get(o.search)
	case head == "parameterizedSearch" && len(c.path) == 1:
		return o.parameterizedSearch(c)
	case head == "sobjects":
		return o.sobjects(c)
	case head == "composite":
		return o.composite(c)
	case head == "jobs" && len(c.path) >= 2 && c.path[1] == "query":
		return o.bulk(c)
	}
	return reply{}, errNotFound()
}

// allow refuses other methods.
func (c *call) allow(methods ...string) *apiError {
	for _, m := range methods {
		if c.method == m {
			return nil
		}
	}
	return refuse(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "HTTP Method '%s' not allowed. Allowed are %s",
		c.method, strings.Join(methods, ","))
}

// versions lists the API versions, oldest first. There are three releases a year; Summer '14 was 31.
func (o *Org) versions() []ordered {
	var vs []ordered
	for v := oldestVersion; v <= o.cfg.MaxVersion; v++ {
		season := []string{"Summer", "Winter", "Spring"}[(v-oldestVersion)%3]
		year := 14 + (v-oldestVersion+2)/3
		vs = append(vs, ordered{
			{"label", fmt.Sprintf("%s '%02d", season, year)},
			{"url", fmt.Sprintf("/services/data/v%d.0", v)},
			{"version", fmt.Sprintf("%d.0", v)},
		})
	}
	return vs
}

func (o *Org) resources(c *call) (reply, *apiError) {
	var r ordered
	for _, name := range []string{"composite", "jobs", "limits", "parameterizedSearch", "query", "queryAll", "search", "sobjects"} {
		r = append(r, pair{name, c.base() + "/" + name})
	}
	return ok(append(r, pair{"identity", c.origin + o.identityPath(c.who.userID)}))
}

// sobjects routes the paths below /sobjects: the list, an object, its describe, a record by id or by external id.
func (o *Org) sobjects(c *call) (reply, *apiError) {
	if len(c.path) == 1 {
		if err := c.allow(http.MethodGet, http.MethodHead); err != nil {
			return reply{}, err
		}
		return o.describeGlobal(c)
	}
	obj := o.visible(c.path[1])
	if obj == nil {
		return reply{}, errNotFound()
	}
	switch {
	case len(c.path) == 2 && c.method == http.MethodPost:
		return o.createRecord(c, obj)
	case len(c.path) == 2:
		return o.objectInfo(c, obj)
	case len(c.path) == 3 && c.path[2] == "describe":
		return o.describeObject(c, obj)
	case len(c.path) > 3 && c.path[2] == "describe" && c.path[3] == "layouts":
		return o.layoutsOf(c, obj)
	case len(c.path) > 3 && c.path[2] == "describe" && c.path[3] == "compactLayouts":
		return o.compactLayoutsOf(c, obj)
	case len(c.path) == 3 && (c.path[2] == "deleted" || c.path[2] == "updated"):
		return o.replicated(c, obj)
	case c.path[2] == "listviews":
		return o.listViewsOf(c, obj)
	case len(c.path) == 3:
		return o.recordByID(c, obj, c.path[2])
	case len(c.path) == 4 && isBlob(o.visibleField(obj, c.path[3])):
		return o.content(c, obj)
	case len(c.path) == 4 && o.visibleField(obj, c.path[2]) != nil:
		return o.recordByKey(c, obj, o.visibleField(obj, c.path[2]), c.path[3])
	}
	return reply{}, errNotFound()
}
