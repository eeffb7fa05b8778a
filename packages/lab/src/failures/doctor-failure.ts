/** Nothing can be examined, such as where no server answers; one clear line. */
export class DoctorFailure extends Error {
  override readonly name = 'DoctorFailure'
}
