/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "provider/offline/art_figure.h"

#define STRAIGHT                                                                                                       \
    {                                                                                                                  \
        { -0.05, 0.5, -0.06, 1 },                                                                                      \
        {                                                                                                              \
            0.05, 0.5, 0.06, 1                                                                                         \
        }                                                                                                              \
    }

static const simg_stance stances[] = {
    [SIMG_STANDING] = { { { -0.24, 0.45, -0.26, 0.9 }, { 0.24, 0.45, 0.26, 0.9 } }, STRAIGHT, 0, 0, 0 },
    [SIMG_WAVING] = { { { -0.24, 0.45, -0.3, 0.88 }, { 0.58, 0.06, 0.74, -0.6 } }, STRAIGHT, 0, 0, 0 },
    [SIMG_WALKING] = { { { -0.4, 0.36, -0.36, 0.82 }, { 0.4, 0.36, 0.62, 0.66 } },
                       { { -0.1, 0.5, -0.46, 0.93 }, { 0.3, 0.45, 0.44, 1 } },
                       0.04,
                       2,
                       0 },
    [SIMG_SITTING] = { { { -0.34, 0.42, -0.44, 0.9 }, { 0.34, 0.42, 0.5, 0.82 } },
                       { { 0.35, -0.16, 0.98, 0.2 }, { 0.42, -0.36, 1.12, 0.24 } },
                       0.74,
                       0,
                       0 },
    [SIMG_RUNNING] = { { { -0.52, 0.2, -0.62, 0.6 }, { 0.46, 0.3, 0.78, -0.02 } },
                       { { -0.26, 0.42, -0.82, 0.56 }, { 0.48, 0.3, 0.6, 0.96 } },
                       0.04,
                       8,
                       0 },
    [SIMG_READING] = { { { -0.32, 0.48, 0.1, 0.66 }, { 0.36, 0.48, 0.46, 0.66 } },
                       { { 0.35, -0.16, 0.98, 0.2 }, { 0.42, -0.36, 1.12, 0.24 } },
                       0.74,
                       0,
                       0 },
    [SIMG_ARMS_UP] = { { { -0.5, -0.16, -0.62, -0.82 }, { 0.5, -0.16, 0.62, -0.82 } },
                       { { -0.12, 0.5, -0.2, 1 }, { 0.12, 0.5, 0.2, 1 } },
                       0,
                       0,
                       0 },
    [SIMG_POINTING] = { { { -0.24, 0.45, -0.28, 0.9 }, { 0.5, 0.02, 1, -0.22 } }, STRAIGHT, 0, 0, 0 },
    [SIMG_FLOATING] = { { { -0.6, 0.08, -0.95, -0.18 }, { 0.56, 0.06, 0.95, -0.12 } },
                        { { -0.2, 0.45, -0.5, 0.85 }, { 0.06, 0.5, -0.12, 0.98 } },
                        0,
                        12,
                        0 },
    [SIMG_SLEEPING] = { { { -0.2, 0.45, -0.2, 0.9 }, { 0.2, 0.45, 0.2, 0.9 } }, STRAIGHT, 0, 0, 1 }
};

/* The younger, the larger the head and the shorter the legs. */
void simg_art_measure(simg_body *b, double age)
{
    static const double ages[] = { 0, 3, 6, 9, 12, 15, 20, 120 };
    static const double heads[] = { 47, 44, 40, 37, 33.5, 30, 27.5, 27.5 };
    int i = 0;
    double rest;

    while (i < 6 && age > ages[i + 1])
        i++;
    b->head = heads[i] + (heads[i + 1] - heads[i]) * (age - ages[i]) / (ages[i + 1] - ages[i]);
    b->head_y = -200 + b->head * 1.08;
    b->shoulder_y = b->head_y + b->head * 1.06;
    rest = -b->shoulder_y;
    b->hip_y = b->shoulder_y + rest * (b->head > 38 ? 0.52 : 0.48);
    b->shoulder = rest * 0.2 + 3;
    b->arm = rest * 0.5;
    b->leg = -b->hip_y - 4;
}

const simg_stance *simg_art_stance(simg_pose pose)
{
    return &stances[pose];
}

void simg_art_carry(simg_stance *st, simg_where where)
{
    static const simg_joints before = { 0.34, 0.42, 0.76, 0.34 }, raised = { 0.56, 0.04, 0.66, -0.55 };

    st->arms[1] = where == SIMG_ON_STRING || where == SIMG_OVERHEAD || where == SIMG_HANGING ? raised : before;
    if (where == SIMG_HANGING)
        st->arms[1] = (simg_joints){ 0.46, 0.2, 0.92, 0.02 };
}
