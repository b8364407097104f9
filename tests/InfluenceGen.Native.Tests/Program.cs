using InfluenceGen.Examples;
using InfluenceGen.Native.Tests;

Machine.Print();

var patients = Data.Features(count: 523, features: 13, classes: false, seed: 1);
new Report<UnrolledLinear.Model>("UnrolledLinear", UnrolledLinear.Model.For(patients), patients).Print();
new Report<OpenLinear.Model>("OpenLinear", OpenLinear.Model.For(patients), patients).Print();

// As many features as it takes for a sweep to be shared among threads.
var wide = Data.Features(count: 1100, features: 130, classes: false, seed: 2);
new Report<LoopedLinear.Model>("LoopedLinear", LoopedLinear.Model.For(wide), wide).Print();

var classes = Data.Features(count: 523, features: 13, classes: true, seed: 3);
new Report<UnrolledLogistic.Model>("UnrolledLogistic", UnrolledLogistic.Model.For(classes), classes).Print();
new Report<OpenLogistic.Model>("OpenLogistic", OpenLogistic.Model.For(classes), classes).Print();

var wideClasses = Data.Features(count: 101, features: 130, classes: true, seed: 4);
new Report<LoopedLogistic.Model>("LoopedLogistic", LoopedLogistic.Model.For(wideClasses), wideClasses).Print();

var applicants = Applicant.From(Data.Applicants(count: 101, seed: 5));
new Report<Applicant.Model>("Applicant", Applicant.Model.For(applicants), applicants).Print();

var ratings = Data.Ratings(count: 523, users: 37, items: 23, seed: 6);
new Report<UnrolledFactors.Model>("UnrolledFactors", UnrolledFactors.Model.For(ratings), ratings).Print();
new Report<LoopedFactors.Model>("LoopedFactors", LoopedFactors.Model.For(ratings), ratings).Print();
new Report<OpenFactors.Model>("OpenFactors", OpenFactors.Model.For(ratings, 5), ratings.WithPenalty(RowPenalty.None)).Print();
