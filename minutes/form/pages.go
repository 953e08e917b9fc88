package form

// placed is a box on a page, y from the top of the text.
type placed struct {
	box
	y float64
}

// paginate fills pages of a height from the top: a page ends before the first
// box that does not fit, or before the box that this one is glued to. What is
// glued together but taller than a page is broken where the page ends.
func paginate(boxes []box, height float64) [][]placed {
	var pages [][]placed
	for i := 0; i < len(boxes); {
		var page []placed
		y := 0.0
		for _, b := range boxes[i].again {
			page = append(page, placed{b, y})
			y += b.height
		}
		start, first, brk := i, len(page), -1
		for ; i < len(boxes); i++ {
			b := boxes[i]
			before := b.before
			if i == start {
				before = 0
			}
			if y+before+b.height > height+0.01 && i > start {
				if b.glued && brk > start {
					page = page[:first+brk-start]
					i = brk
				}
				break
			}
			if !b.glued {
				brk = i
			}
			y += before
			page = append(page, placed{b, y})
			y += b.height
		}
		pages = append(pages, page)
	}
	if len(pages) == 0 {
		pages = [][]placed{nil}
	}
	return pages
}
