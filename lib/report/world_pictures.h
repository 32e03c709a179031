/*
 * world_pictures: what a world looks like, as a page with charts: how near tracks are to each other, and how much of
 * the catalog and of what users are after the largest artists have.
 */
#ifndef BOTIFY_WORLD_PICTURES_H
#define BOTIFY_WORLD_PICTURES_H

#include <stdio.h>

#include "base/errmsg.h"
#include "world/world.h"

/*
 * Writes the page, HTML with SVG in it. Returns 0, or -1 with the reason (out of memory); errors of f are for ferror to
 * tell.
 */
int world_pictures(const struct world *w, FILE *f, struct errmsg *e);

#endif
