/* SPDX-License-Identifier: Apache-2.0 */
/** Colours of a small picture, and which of them prevail where. Pure; no libvips. */
#ifndef SIMG_PIXEL_COLOURS_H
#define SIMG_PIXEL_COLOURS_H

#define SIMG_CANVAS_SIDE 96

typedef struct simg_rgb {
    int r, g, b;
} simg_rgb;

/* From x0, y0 to before x1, y1. */
typedef struct simg_area {
    int x0, y0, x1, y1;
} simg_area;

typedef struct simg_canvas {
    int width, height; /* 1..SIMG_CANVAS_SIDE */
    unsigned char pixels[SIMG_CANVAS_SIDE * SIMG_CANVAS_SIDE * 3];
    unsigned char marks[SIMG_CANVAS_SIDE * SIMG_CANVAS_SIDE]; /* the user's own bits */
} simg_canvas;

/* Pixels in the area that have all marks of must, and none of mustnt. */
typedef struct simg_pick {
    simg_area area;
    unsigned int must, mustnt;
} simg_pick;

simg_rgb simg_canvas_at(const simg_canvas *c, int x, int y);

/** What of it lies on the canvas. */
simg_area simg_area_clip(const simg_canvas *c, simg_area a);

/** @return 1 if the colours are no further apart than reach (in RGB). */
int simg_rgb_near(simg_rgb a, simg_rgb b, int reach);

/** The colour that most picked pixels have, more or less; those near the middle of the canvas count up to ten times.
 * @return how many pixels are near it; 0: none is picked, and *out is as it was. */
int simg_colours_dominant(simg_rgb *out, const simg_canvas *c, const simg_pick *pick);

/** Where the marked pixels are that touch each other, of all such heaps the one that weighs most. It keeps the mark;
 * the other heaps' pixels get the mark others in its place.
 * @return how many pixels it has; 0: none is marked. */
int simg_colours_heap(simg_area *out, simg_canvas *c, unsigned int mark, unsigned int others);

#endif
