/** Who commits and tags in a workflow: a runner's git knows nobody. */
export const GIT_IDENTITY = {
  GIT_AUTHOR_NAME: 'airq',
  GIT_AUTHOR_EMAIL: 'airq@users.noreply.github.com',
  GIT_COMMITTER_NAME: 'airq',
  GIT_COMMITTER_EMAIL: 'airq@users.noreply.github.com',
}
