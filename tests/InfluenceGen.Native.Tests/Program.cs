using InfluenceGen.Examples;
using InfluenceGen.Native.Tests;

Machine.Print();

var numbers = Data.Numbers<double>(count: 523, features: 13, labels: 1, seed: 1);
new Report<UnrolledLinear.Model, double>("UnrolledLinear", UnrolledLinear.Model.For(numbers), numbers).Print();
new Report<OpenLinear.Model, double>("OpenLinear", OpenLinear.Model.For(numbers), numbers).Print();
new Report<LinearWithoutBias.Model, double>("LinearWithoutBias", LinearWithoutBias.Model.For(numbers), numbers).Print();
new Report<ReluSquared.Model, double>("ReluSquared", ReluSquared.Model.For(numbers), numbers).Print();

// As many features as it takes for a sweep to be shared among threads.
var wide = Data.Numbers<double>(count: 1100, features: 130, labels: 1, seed: 2);
new Report<LoopedLinear.Model, double>("LoopedLinear", LoopedLinear.Model.For(wide), wide).Print();

var pairs = Data.Numbers<double>(count: 211, features: 13, labels: 2, seed: 3);
new Report<OpenGelu.Model, double>("OpenGelu", OpenGelu.Model.For(pairs), pairs).Print();
new Report<DeepIdentity.Model, double>("DeepIdentity", DeepIdentity.Model.For(pairs), pairs).Print();

var counts = Data.Counts(count: 523, features: 13, seed: 4);
new Report<Counts.Model, double>("Counts", Counts.Model.For(counts), counts).Print();
new Report<SoftplusCounts.Model, double>("SoftplusCounts", SoftplusCounts.Model.For(counts), counts).Print();

var answers = Data.Answers<double>(count: 523, features: 13, seed: 5);
new Report<UnrolledLogistic.Model, double>("UnrolledLogistic", UnrolledLogistic.Model.For(answers), answers).Print();
new Report<OpenLogistic.Model, double>("OpenLogistic", OpenLogistic.Model.For(answers), answers).Print();
new Report<SigmoidLogistic.Model, double>("SigmoidLogistic", SigmoidLogistic.Model.For(answers), answers).Print();

var wideAnswers = Data.Answers<double>(count: 101, features: 130, seed: 6);
new Report<LoopedLogistic.Model, double>("LoopedLogistic", LoopedLogistic.Model.For(wideAnswers), wideAnswers).Print();

var applicants = Applicant.From(Data.Applicants(count: 101, seed: 7));
new Report<Applicant.Model, double>("Applicant", Applicant.Model.For(applicants), applicants).Print();

// Enough classes and examples for threads to share the sweeps of layers.
var classes = Data.Classes<double>(count: 1100, features: 13, classes: 10, seed: 8);
new Report<FixedSoftmax.Model, double>("FixedSoftmax", FixedSoftmax.Model.For(classes), classes).Print();
new Report<TanhClasses.Model, double>("TanhClasses", TanhClasses.Model.For(classes), classes).Print();

var shares = Data.Shares(count: 211, features: 7, classes: 5, seed: 9);
new Report<OpenSoftmax.Model, double>("OpenSoftmax", OpenSoftmax.Model.For(shares), shares).Print();

var ratings = Data.Ratings<double>(count: 523, users: 37, items: 23, seed: 10);
new Report<UnrolledFactors.Model, double>("UnrolledFactors", UnrolledFactors.Model.For(ratings), ratings).Print();
new Report<LoopedFactors.Model, double>("LoopedFactors", LoopedFactors.Model.For(ratings), ratings).Print();
new Report<OpenFactors.Model, double>("OpenFactors", OpenFactors.Model.For(ratings, 5), ratings.WithPenalty(RowPenalty.None)).Print();

var singles = Data.Numbers<float>(count: 523, features: 13, labels: 1, seed: 11);
new Report<SingleLinear.Model, float>("SingleLinear", SingleLinear.Model.For(singles), singles).Print();

var singleAnswers = Data.Answers<float>(count: 211, features: 37, seed: 12);
new Report<SingleLogistic.Model, float>("SingleLogistic", SingleLogistic.Model.For(singleAnswers), singleAnswers).Print();

var singleClasses = Data.Classes<float>(count: 211, features: 13, classes: 3, seed: 13);
new Report<SingleSoftmax.Model, float>("SingleSoftmax", SingleSoftmax.Model.For(singleClasses), singleClasses).Print();
new Report<SingleGelu.Model, float>("SingleGelu", SingleGelu.Model.For(singleClasses), singleClasses).Print();

var singleRatings = Data.Ratings<float>(count: 523, users: 37, items: 23, seed: 14);
new Report<SingleFactors.Model, float>("SingleFactors", SingleFactors.Model.For(singleRatings), singleRatings).Print();
