/* Personnel orders and substitution, as engines/identity does them: three people, three posts, orders
 * of every kind in any sequence, sessions that chose a post before and act later. Spin tries all of it.
 *
 *   - whoever gains by an order has neither drafted nor approved it, also when posts changed hands
 *     between its approval and its hour
 *   - a role bound to its holder (to approve) is never used by a substitute
 *   - an act is always explained by the post's holder, or by one substitution from it: no chain or
 *     ring of substitutions gives more
 *   - a substitution never outlives the tenure of whoever gave it
 */
#define CLERK 0   /* drafts orders; can be stood in for */
#define HEAD  1   /* approves orders; bound to its holder */
#define DESK  2   /* everything else */
#define POSTS 3
#define PEOPLE 3
#define NOBODY 255

mtype = { none, waiting, approved };
mtype = { appoint, transfer, leave, lend };

byte holder[POSTS];      /* who holds it */
byte lent_to[POSTS];     /* the post that stands in for it; NOBODY: none */
byte giver[POSTS];       /* ghost: who held the post when it was lent */
byte session[PEOPLE];    /* the post in which she said she would act; NOBODY: none */

mtype state = none;
mtype sort;
byte person, post, from, sub, drafter, approver;

/* Substitution is looked up from the posts that she holds herself (roles_in). */
#define stands_in(who, p) (lent_to[p] != NOBODY && holder[lent_to[p]] == who && holder[p] != who)
#define may_act(who, p)   (holder[p] == who || stands_in(who, p))
#define may_draft(who)    (session[who] == CLERK && may_act(who, CLERK))
#define may_approve(who)  (session[who] == HEAD && holder[HEAD] == who)
/* What is over is forgotten: else spin tells apart what no longer matters. */
#define forget state = none; sort = leave; person = 0; post = 0; from = 0; sub = 0; drafter = 0; approver = 0
#define gains(who) ((sort == lend && holder[sub] == who) || (sort != lend && person == who))

proctype official(byte me) {
  byte p;
  do
  :: atomic { /* choose a post: checked then, and again at each act */
       select(p : 0 .. POSTS - 1);
       if :: may_act(me, p) -> session[me] = p :: else fi;
       p = 0
     }
  :: atomic { state == none && may_draft(me) ->
       if
       :: sort = appoint; select(person : 0 .. PEOPLE - 1); select(post : 0 .. POSTS - 1)
       :: sort = transfer; select(person : 0 .. PEOPLE - 1); select(post : 0 .. POSTS - 1);
          select(from : 0 .. POSTS - 1)
       :: sort = leave; select(post : 0 .. POSTS - 1); person = holder[post]
       :: sort = lend; select(post : 0 .. POSTS - 1); select(sub : 0 .. POSTS - 1)
       fi;
       drafter = me;
       if
       :: gains(me) || person == NOBODY -> forget            /* order.own, order.not_holder */
       :: sort == lend && (sub == post || post == HEAD) -> forget
       :: else -> state = waiting
       fi
     }
  :: atomic { state == waiting && may_approve(me) && me != drafter && !gains(me) ->
       approver = me;
       assert(holder[HEAD] == me);                           /* never by a substitute */
       state = approved
     }
  :: atomic { state == waiting && me == drafter -> forget }
  :: atomic { session[me] != NOBODY && may_act(me, session[me]) -> /* an act */
       p = session[me];
       assert(holder[p] == me ||
              (holder[lent_to[p]] == me && holder[p] != me && p != HEAD));
       assert(holder[p] == me || giver[p] == holder[p]);     /* still hers to lend */
       p = 0
     }
  od
}

inline vacate(p) {
  holder[p] = NOBODY;
  lent_to[p] = NOBODY
}

proctype clock() {
  byte p, q;
  do
  :: atomic { state == approved ->
       assert(drafter != approver);
       if
       :: sort == appoint && holder[post] == NOBODY ->
            lent_to[post] = NOBODY; holder[post] = person; session[person] = NOBODY;
            assert(person != drafter && person != approver)
       :: sort == transfer && holder[from] == person && holder[post] == NOBODY && from != post ->
            vacate(from); lent_to[post] = NOBODY; holder[post] = person; session[person] = NOBODY;
            assert(person != drafter && person != approver)
       :: sort == leave && holder[post] == person -> vacate(post); session[person] = NOBODY
       :: sort == lend && holder[sub] != NOBODY && holder[sub] != drafter &&
          holder[sub] != approver && holder[post] != NOBODY ->
            lent_to[post] = sub; giver[post] = holder[post];
            assert(holder[sub] != drafter && holder[sub] != approver)
       :: else                                               /* it fails */
       fi;
       forget
     }
  :: atomic { select(p : 0 .. POSTS - 1); lent_to[p] = NOBODY; p = 0 } /* its last day is over */
  :: atomic { /* meanwhile, orders of others */
       select(p : 0 .. POSTS - 1);
       select(q : 0 .. PEOPLE - 1);
       if :: holder[p] != NOBODY -> session[holder[p]] = NOBODY :: else fi;
       vacate(p); holder[p] = q; session[q] = NOBODY; p = 0; q = 0
     }
  od
}

init {
  atomic {
    byte i;
    for (i : 0 .. POSTS - 1) { holder[i] = i; lent_to[i] = NOBODY; giver[i] = NOBODY }
    for (i : 0 .. PEOPLE - 1) { session[i] = NOBODY }
    forget;
    run official(0); run official(1); run official(2); run clock()
  }
}
