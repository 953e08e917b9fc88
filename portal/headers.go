package portal

import "net/http"

// policy is the content security policy: scripts, styles and everything else
// come from this server only, and nothing stands inline. (Blobs: a microphone's
// worklet none, recorded sound that a page plays.)
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// strictFor is how long a browser that was here by TLS comes by nothing else: half
// a year, so that it does not run out between two congresses' preparations.
const strictFor = "max-age=15552000"

// secured sets what every answer carries; strict adds HSTS.
//
// The referrer goes to this server only. With no-referrer a browser would send
// "Origin: null" with a form, which http.CrossOriginProtection must refuse
// wherever Sec-Fetch-Site is missing (plain HTTP beyond loopback).
func secured(next http.Handler, strict bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=(), payment=(), usb=()")
		if strict {
			h.Set("Strict-Transport-Security", strictFor)
		}
		h.Set("Cache-Control", "no-store") // an asset says otherwise itself
		next.ServeHTTP(w, r)
	})
}
