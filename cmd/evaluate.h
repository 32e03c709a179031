/*
 * evaluate: the modes of botify-evaluate, each a file of its own with its options.
 */
#ifndef BOTIFY_EVALUATE_H
#define BOTIFY_EVALUATE_H

/* Runs the command line from the word of the mode on, which is argv[0]. Returns the exit status. */
typedef int evaluate_mode(int argc, char **argv);

evaluate_mode evaluate_ranking, evaluate_policy, evaluate_log;

#endif
