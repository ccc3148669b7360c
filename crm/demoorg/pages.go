package demoorg

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"sync"
)

// The web pages: those of the login, and those that show records. The record pages require no login: the demo listens
// on loopback and holds only fictional data.

//go:embed web
var webFiles embed.FS

// templates are parsed when the first page is shown: most runs of the app show none.
var templates = sync.OnceValue(func() *template.Template { return template.Must(template.ParseFS(webFiles, "web/*.html")) })

func (o *Org) pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(authorizePath, o.authorize)
	mux.HandleFunc("/services/oauth2/login", o.loginPage)
	mux.HandleFunc("/services/oauth2/consent", o.consentPage)
	mux.HandleFunc(tokenPath, o.token)
	mux.HandleFunc("/services/oauth2/revoke", o.revoke)
	mux.HandleFunc("/services/oauth2/userinfo", o.userinfo)
	mux.HandleFunc("/services/oauth2/introspect", o.introspect)
	mux.HandleFunc("GET /id/{org}/{user}", o.identity)
	mux.HandleFunc("GET /style.css", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, webFiles, "web/style.css") })
	mux.HandleFunc("GET /{$}", o.homePage)
	mux.HandleFunc("GET /lightning/{$}", o.homePage)
	mux.HandleFunc("GET /lightning/page/home", o.homePage)
	mux.HandleFunc("GET /lightning/o/{object}/list", o.listPage)
	mux.HandleFunc("GET /lightning/o/{object}/home", o.listPage)
	mux.HandleFunc("/lightning/o/{object}/new", o.newPage)
	mux.HandleFunc("GET /lightning/r/{object}/{id}/view", o.recordPage)
	mux.HandleFunc("GET /lightning/r/{id}/view", o.shortLink)
	mux.HandleFunc("GET /{id}", o.shortLink)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { o.missingPage(w) })
	// A page of another site must not press Allow or create records here. Clients that are not browsers are not
	// restricted.
	return http.NewCrossOriginProtection().Handler(mux)
}

// render writes one page of web/, completely or not at all.
func (o *Org) render(w http.ResponseWriter, status int, page string, data map[string]any) {
	data["Org"] = o.cfg.Name
	var b bytes.Buffer
	if err := templates().ExecuteTemplate(&b, page, data); err != nil {
		o.cfg.Log.Error("demo org page", "page", page, "error", err)
		http.Error(w, "The page could not be created.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html;charset=UTF-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:")
	h.Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func (o *Org) missingPage(w http.ResponseWriter) {
	o.render(w, http.StatusNotFound, "missing.html", map[string]any{})
}
