#region quick-start
using InfluenceGen.Examples;
using InfluenceGen.Reciprocity;
using InfluenceGen.Training;

var tumours = Tumour.Read("breast-cancer.csv", label: "benign", individual: "patient");
var average = new FlowAverage(Averaging.RunsMeasured);
for (var seed = 1; seed <= 20; seed++)
{
    var (train, deployment) = tumours.Split(trainShare: 0.8, seed);
    var scale = Standardisation.Fit(train);
    (train, deployment) = (scale.Apply(train), scale.Apply(deployment));

    var ledger = Tumour.Ledger(train, deployment);
    Tumour.Train(train, GradientDescent.FullBatch(steps: 600, rate: 0.1), ledger);
    average.Add(ledger.Flows.PerExample());
}

Console.WriteLine(average.Mean.Reciprocity);
#endregion

#region records
var (known, unseen) = Patient.Read("diabetes.csv").Split(trainShare: 0.8, seed: 1);
var units = Standardisation.Fit(known);
(known, unseen) = (units.Apply(known), units.Apply(unseen));
var account = Patient.Ledger(known, unseen);
var fit = Patient.Train(known, GradientDescent.FullBatch(steps: 200, rate: 0.1), account);
Console.WriteLine(account.Reciprocity);

Patient[] visitors =
[
    new() { Id = "Ann", Age = 59, BodyMassIndex = 32.1, BloodPressure = 101, Progression = 151 },
    new() { Id = "Bob", Age = 48, BodyMassIndex = 21.6, BloodPressure = 87, Progression = 75 },
];
var predictions = fit.Predict(units.Apply(Patient.From(visitors)));
Console.WriteLine($"Ann {predictions[0]:F0} (measured 151), Bob {predictions[1]:F0} (measured 75)");
#endregion

#region like
var later = Patient.Read("visitors.csv", like: known);
Console.WriteLine($"Root of the mean squared error of {later.Count} visitors: {fit.Rmse(units.Apply(later)):F0}");
#endregion
